package app;

public final class Paths {
    public static final String API = "/api";
    public static final String USERS = "/users";
}
