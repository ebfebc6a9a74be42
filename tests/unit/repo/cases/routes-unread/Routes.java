package shop;
import org.springframework.web.reactive.function.server.RouterFunction;
import static org.springframework.web.reactive.function.server.RouterFunctions.route;
class Routes {
  RouterFunction<ServerResponse> orders() { return route().GET("/orders", this::list).build(); }
}
