"""The door of accounts: everything that pages, other slices and the command line may ask for."""

from server.accounts.case_passwords import (
    check_case_password,
    forgive_case,
    hashed_case_password,
)
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
from server.accounts.existing import (
    Brought,
    bring_members,
    brought_members,
    confirm_members,
    earlier_imports,
    welcome_existing,
)
from server.accounts.existing_rules import words_of as fault_words
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
from server.accounts.passwords import temporary
from server.accounts.recovery import reset_of_resident, reset_password
from server.accounts.sessions import (
    Opened,
    SignedIn,
    actor_of_session,
    close,
    close_one,
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
    "Contact",
    "Created",
    "Dept",
    "IdentityTaken",
    "Issued",
    "Joining",
    "Locked",
    "Official",
    "Opened",
    "Own",
    "SignedIn",
    "VerifiedResident",
    "absence",
    "actor_of_session",
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
    "confirm_members",
    "confirm_password",
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
    "fault_words",
    "forgive_case",
    "hashed_case_password",
    "issue_code",
    "join",
    "locale_of",
    "log_in",
    "of_account",
    "official",
    "officials",
    "officials_of",
    "officials_with",
    "own_account",
    "person_of",
    "reopen_official",
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
    "welcome_existing",
    "withdraw",
]
