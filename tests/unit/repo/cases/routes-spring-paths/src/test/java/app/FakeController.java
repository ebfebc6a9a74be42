package app;

@RestController
public class FakeController {
    @GetMapping("/fake")
    public String fake() { return ""; }
}
