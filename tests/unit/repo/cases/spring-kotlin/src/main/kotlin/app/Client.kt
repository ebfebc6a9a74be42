package app

interface Client {
    @GetMapping("/elsewhere")
    fun call(): String
}
