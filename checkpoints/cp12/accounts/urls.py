from django.contrib.auth import views as auth
from django.urls import path

from accounts import views

urlpatterns = [
    path("", views.account, name="account"),
    path("login/", auth.LoginView.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("logout/everywhere/", views.logout_everywhere, name="logout_everywhere"),
    path("signup/", views.SignupView.as_view(), name="signup"),
    path("password/", views.PasswordView.as_view(), name="password_change"),
    path("delete/", views.delete, name="account_delete"),
    path("ticket/", views.ticket, name="ticket"),
]
