[ApiController]
[Route("api/[controller]")]
public class OrdersController : ControllerBase {
  [HttpGet("{id}")]
  public IActionResult Get(int id) => Ok();
  [HttpPost] public IActionResult Post() => Ok();
}
