from flask import Flask, Blueprint
from flask.views import MethodView
app = Flask(__name__)
bp = Blueprint("api", __name__, url_prefix="/api")
@bp.route("/x/<int:id>", methods=["GET", "POST"])
def x(id): return {}
@app.get("/health")
def h(): return "ok", 200
class UserAPI(MethodView):
    def get(self): return {}
    def post(self): return {}
app.add_url_rule("/users", view_func=UserAPI.as_view("users"))
app.register_blueprint(bp, url_prefix="/v2")
from flask_restful import Api, Resource
api = Api(app)
class Todo(Resource):
    def get(self, i): return {}
    def delete(self, i): return "", 204
api.add_resource(Todo, "/todos/<string:todo_id>")
