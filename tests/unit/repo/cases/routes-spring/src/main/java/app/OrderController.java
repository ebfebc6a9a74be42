package app;

@RestController
@RequestMapping("/api/v1/orders")
public class OrderController {

    @GetMapping("/{id:[0-9]+}")
    public ResponseEntity<Order> one(@PathVariable long id) {
        return orders.find(id).map(ResponseEntity::ok).orElse(ResponseEntity.notFound().build());
    }

    @PreAuthorize("hasRole('ADMIN')")
    @PostMapping(consumes = "application/json")
    public ResponseEntity<Order> create(@RequestBody Order order) {
        return ResponseEntity.status(HttpStatus.CREATED).body(order);
    }

    @RequestMapping(value = {"/health", "/status"}, method = RequestMethod.GET)
    public String health() {
        return "ok";
    }
}
