var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();
app.MapGet("/health", () => "ok");
var g = app.MapGroup("/api");
g.MapPost("/orders/{id:int}", (int id) => id).RequireAuthorization();
app.MapHealthChecks("/healthz");
app.MapControllers();
app.Run();
