get "/lost", to: "p#p"
