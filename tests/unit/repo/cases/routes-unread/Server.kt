import io.ktor.server.routing.routing
fun main() { routing { get("/x") { } } }
