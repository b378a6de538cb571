"""The door of accounts: everything that pages, other slices and the command line may ask for."""

from server.accounts.authenticators import (
    begin_authenticator,
    confirm_authenticator,
    pending_authenticator,
    remove_authenticator,
)
from server.accounts.case_passwords import (
    check_case_password,
    forgive_case,
    hashed_case_password,
)
from server.accounts.ceremonies import origin as passkey_origin
from server.accounts.confirming import ConfirmFirst, confirm, confirmed
from server.accounts.departments import change_department, create_department
from server.accounts.directory import (
    Contact,
    Dept,
    contact_of,
    department,
    department_by_slug,
    departments,
    display_names,
    locale_of,
    officials_of,
    officials_with,
    person_of,
    standing_in,
)
from server.accounts.entering import StepOver, finish_log_in
from server.accounts.entering import waiting as waiting_for_second
from server.accounts.existing import (
    Brought,
    bring_members,
    brought_members,
    confirm_members,
    earlier_imports,
    welcome_existing,
)
from server.accounts.existing_rules import words_of as fault_words
from server.accounts.factor_rules import Factors
from server.accounts.factors import factors_of, reset_factors
from server.accounts.finding import VerifiedResident, verified_resident
from server.accounts.identity import IdentityTaken, Issued, issue_code, verified_at_desk, verify
from server.accounts.joining import join
from server.accounts.joining_rules import Joining
from server.accounts.login import change_password, confirm_password, log_in
from server.accounts.own import (
    Own,
    change_contact,
    change_locale,
    own_account,
    withdraw,
)
from server.accounts.passkeys import (
    KeptPasskey,
    add_passkey,
    confirm_with_passkey,
    log_in_with_passkey,
    options_to_add,
    options_to_confirm,
    options_to_log_in,
    passkeys_of,
    remove_passkey,
)
from server.accounts.passwords import temporary
from server.accounts.recovery import reset_of_resident, reset_password
from server.accounts.recovery_codes import known as own_recovery_codes
from server.accounts.recovery_codes import new_codes as new_recovery_codes
from server.accounts.sessions import (
    Opened,
    SignedIn,
    actor_of_session,
    close,
    close_one,
    close_others,
    of_account,
)
from server.accounts.staffing import (
    Created,
    Official,
    change_official,
    close_official,
    create_admin,
    create_official,
    official,
    officials,
    reopen_official,
    set_demo_password,
)
from server.accounts.substitutes import (
    Absence,
    absence,
    end_substitute,
    set_substitute,
    substitutes,
)
from server.accounts.throttles import Locked

__all__ = [
    "Absence",
    "Brought",
    "ConfirmFirst",
    "Contact",
    "Created",
    "Dept",
    "Factors",
    "IdentityTaken",
    "Issued",
    "Joining",
    "KeptPasskey",
    "Locked",
    "Official",
    "Opened",
    "Own",
    "SignedIn",
    "StepOver",
    "VerifiedResident",
    "absence",
    "actor_of_session",
    "add_passkey",
    "begin_authenticator",
    "bring_members",
    "brought_members",
    "change_contact",
    "change_department",
    "change_locale",
    "change_official",
    "change_password",
    "check_case_password",
    "close",
    "close_official",
    "close_one",
    "close_others",
    "confirm",
    "confirm_authenticator",
    "confirm_members",
    "confirm_password",
    "confirm_with_passkey",
    "confirmed",
    "contact_of",
    "create_admin",
    "create_department",
    "create_official",
    "department",
    "department_by_slug",
    "departments",
    "display_names",
    "earlier_imports",
    "end_substitute",
    "factors_of",
    "fault_words",
    "finish_log_in",
    "forgive_case",
    "hashed_case_password",
    "issue_code",
    "join",
    "locale_of",
    "log_in",
    "log_in_with_passkey",
    "new_recovery_codes",
    "of_account",
    "official",
    "officials",
    "officials_of",
    "officials_with",
    "options_to_add",
    "options_to_confirm",
    "options_to_log_in",
    "own_account",
    "own_recovery_codes",
    "passkey_origin",
    "passkeys_of",
    "pending_authenticator",
    "person_of",
    "remove_authenticator",
    "remove_passkey",
    "reopen_official",
    "reset_factors",
    "reset_of_resident",
    "reset_password",
    "set_demo_password",
    "set_substitute",
    "standing_in",
    "substitutes",
    "temporary",
    "verified_at_desk",
    "verified_resident",
    "verify",
    "waiting_for_second",
    "welcome_existing",
    "withdraw",
]
