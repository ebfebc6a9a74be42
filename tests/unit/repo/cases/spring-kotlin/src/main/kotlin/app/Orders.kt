package app

import io.awspring.cloud.sqs.annotation.SqsListener
import org.springframework.web.bind.annotation.*

@RestController
@RequestMapping("/api/orders")
class Orders(private val store: Store) {
    @GetMapping("/{id}")
    fun one(@PathVariable id: String) = store.one(id)

    @PreAuthorize("hasRole('ADMIN')")
    @DeleteMapping
    fun all() = store.clear()

    @RequestMapping(value = ["/a", "/b"], method = [RequestMethod.PUT])
    fun put() = 1

    @SqsListener("orders-incoming")
    fun take(message: String) {}

    @SqsListener(value = ["\${app.refunds-queue}"], factory = "own")
    fun refund(message: String) {}
}
