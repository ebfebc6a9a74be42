get "/ping", to: "p#p"
