Rails.application.routes.draw do
  resources :orders, only: [
    :index,
    :show
  ] do
    member { post :cancel; post :pay }
    get :preview, on: :member
    collection do
      get :search
    end
    resources :lines, except: %i[destroy] # of an order
  end
  if Rails.env.development?
    get "/dev", to: "dev#index"
  end
  scope ENV.fetch("BASE") do
    get "/based", to: "b#i"
  end
  scope module: "v1" do
    resource :profile, only: :update
  end
  namespace :admin, path: "" do
    resources :categories, param: :slug do
      resources :posts, only: [:index]
    end
  end
  namespace :api do
    draw(:inner)
    mount Engine => "/engine"
  end
  resources :shops, shallow: true, only: [:index] do
    resources :shelves
  end
  get "#{PREFIX}/computed", to: "x#y"
  get "/last", to: "l#l"
end
