def broken(:
    @app.get("/x")
