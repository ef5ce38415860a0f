"""Configure signing in: passwords, django-allauth, second factors. Part of `tracker.settings`."""

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "tracker.people.passwords.FewCharactersValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "tracker.people.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "tracker.people.accounts.LoginForm",
    "reset_password": "tracker.people.accounts.ResetPasswordForm",
    "user_token": "tracker.people.accounts.UserTokenForm",
}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# For links to choose a password. allauth's own generator would write to its table of addresses.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "tracker.people.mails.PasswordLinkTokens"  # noqa: S105 - a path
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24 * 7
# Many people share an address, so each address may do much, and wrong passwords are counted for an account and an address together
# (`AccountAdapter`): nobody locks out the owner of an account from elsewhere.
ACCOUNT_RATE_LIMITS = {
    "login": "200/m/ip",
    "login_failed": "100/m/ip,10/5m/key",
    "login_of_account": "1000/h/key",
    "reset_password": "200/m/ip,5/m/key",
    "reset_password_from_key": "200/m/ip",
}
MFA_TOTP_ISSUER = "Partnership Progress Tracker"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a telephone whose clock is half a minute off
MFA_ADAPTER = "tracker.people.second_factors.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "tracker.people.second_factors.AuthenticateForm",
    "reauthenticate": "tracker.people.second_factors.ReauthenticateForm",
}
