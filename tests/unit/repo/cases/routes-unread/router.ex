defmodule Shop.Router do
  scope "/api", Shop do
    pipe_through :api
    get "/orders", OrderController, :index
  end
end
