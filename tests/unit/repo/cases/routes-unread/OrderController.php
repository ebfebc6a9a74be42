<?php
class OrderController {
    #[Route('/orders', methods: ['GET'])]
    public function list() {}
}
