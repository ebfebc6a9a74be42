from flask import Flask


def create_app():
    app = Flask(__name__)
    from .views import auth
    from .views.shop import bp as shop_bp

    app.register_blueprint(auth.bp)
    app.register_blueprint(shop_bp, url_prefix="/store")
    app.add_url_rule("/legacy", view_func=legacy, methods=["PUT"])
    return app


def legacy():
    return "ok"
