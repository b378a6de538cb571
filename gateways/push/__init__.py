"""Web Push (RFC 8030, 8291, 8292): one message to one device, through the service it named."""

from gateways.push.endpoint import BadSubscription, EndpointRules, Subscription, SubscriptionFault
from gateways.push.sender import (
    Delivered,
    Failed,
    Gone,
    Outcome,
    Pusher,
    RetryAfter,
    TooBig,
    Urgency,
)
from gateways.push.vapid import application_server_key, make_keys

__all__ = [
    "BadSubscription",
    "Delivered",
    "EndpointRules",
    "Failed",
    "Gone",
    "Outcome",
    "Pusher",
    "RetryAfter",
    "Subscription",
    "SubscriptionFault",
    "TooBig",
    "Urgency",
    "application_server_key",
    "make_keys",
]
