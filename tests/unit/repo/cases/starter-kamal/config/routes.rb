Rails.application.routes.draw do
  get "up" => "rails/health#show", as: :rails_health_check
  resources :orders, only: [:index, :show]
  namespace :api do
    post "webhooks/stripe", to: "webhooks#stripe"
  end
  root "home#index"
end
