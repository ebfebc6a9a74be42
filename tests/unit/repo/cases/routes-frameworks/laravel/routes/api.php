<?php
use Illuminate\Support\Facades\Route;
Route::get('/health', fn () => 'ok');
Route::prefix('v1')->middleware('auth:sanctum')->group(function () {
    Route::post('/orders/{id}', [OrderController::class, 'store']);
    Route::apiResource('users', UserController::class);
});
