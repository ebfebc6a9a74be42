Rails.application.routes.draw do
  root "home#index"
  get "up" => "rails/health#show", as: :rails_health_check
  get "/x/:id", to: "x#show"
  resources :posts do
    resources :comments, only: [:index, :create]
    member do
      post :publish
    end
    collection { get :search }
  end
  namespace :api do
    namespace :v1 do
      resources :users, except: [:destroy]
    end
  end
  scope "/admin" do
    resource :profile
  end
  mount Sidekiq::Web => "/sidekiq"
  match "/m", to: "m#m", via: [:get, :post]
  devise_for :users
  concern :commentable do
    resources :c
  end
end
