"""Record what django-allauth, Django and django-simple-history report about accounts, whatever page or command caused it."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from simple_history.signals import post_create_historical_record

from tracker.audit.models import Event
from tracker.audit.recording import record


@receiver(user_logged_in)
def signed_in(user: Any, **about: Any) -> None:
    record(Event.SIGNED_IN, subject=user.pk)


@receiver(user_logged_out)
def signed_out(user: Any, **about: Any) -> None:
    if user is not None:
        record(Event.SIGNED_OUT, subject=user.pk)


@receiver(user_login_failed)
def sign_in_refused(credentials: dict[str, Any], **about: Any) -> None:
    """Record whose account it was. An address without an account may be a password in the wrong field, so it is not stored."""
    people = get_user_model()._default_manager
    subject = people.filter(email=credentials.get("email", "")).values_list("pk", flat=True).first()
    record(Event.SIGN_IN_REFUSED, subject=subject, detail="" if subject else "no such account")


@receiver([password_changed, password_reset, password_set])
def password_was_changed(user: Any, **about: Any) -> None:
    record(Event.PASSWORD_CHANGED, subject=user.pk)


@receiver(post_save, sender=Authenticator)
def second_factor_added(instance: Authenticator, created: bool, **about: Any) -> None:
    if created:
        record(Event.SECOND_FACTOR_ADDED, subject=instance.user_id, detail=instance.type)


@receiver(post_delete, sender=Authenticator)
def second_factor_removed(instance: Authenticator, **about: Any) -> None:
    record(Event.SECOND_FACTOR_REMOVED, subject=instance.user_id, detail=instance.type)


@receiver(post_create_historical_record)
def person_changed(instance: Any, history_instance: Any, **about: Any) -> None:
    """Record changes of rights. One query to read what they were before."""
    if instance._meta.label != settings.AUTH_USER_MODEL or history_instance.history_type == "-":
        return
    before = history_instance.prev_record
    if before is None:
        record(Event.PERSON_ADDED, subject=instance.pk, detail=instance.role)
        return
    if before.role != instance.role:
        record(Event.ROLE_CHANGED, subject=instance.pk, detail=f"{before.role} -> {instance.role}")
    if before.is_active != instance.is_active:
        record(Event.ACTIVATED if instance.is_active else Event.DEACTIVATED, subject=instance.pk)
