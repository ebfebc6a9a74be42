package app;

@RestController
@RequestMapping(Paths.API + Paths.USERS)
public class UserController {
    private static final String BY_ID = "/{id}";

    @GetMapping(BY_ID)
    public User one(@PathVariable long id) { return null; }

    @GetMapping(path = {"", "all"})
    public List<User> all() { return null; }

    @PostMapping(Elsewhere.PATH)
    public User odd() { return null; }
}
