package shop
import jakarta.ws.rs.GET
import jakarta.ws.rs.Path
@Path("/orders")
class Orders {
  @GET fun list() = listOf<String>()
}
