CREATE TABLE "account" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(8) NOT NULL,
    "state" VARCHAR(9) NOT NULL,
    "login_id" BLOB,
    "login_id_index" BLOB GENERATED ALWAYS AS (substr("login_id", 1, 32)) STORED,
    "password_hash" VARCHAR(200),
    "password_changed_at" TIMESTAMP NOT NULL,
    "must_change_password" INT NOT NULL,
    "name" BLOB,
    "phone" BLOB,
    "phone_index" BLOB GENERATED ALWAYS AS (substr("phone", 1, 32)) STORED,
    "email" BLOB,
    "birth_date" BLOB,
    "address" BLOB,
    "passkey_handle" BLOB,
    "locale" VARCHAR(5) NOT NULL,
    "verified_at" TIMESTAMP,
    "created_at" TIMESTAMP NOT NULL,
    "closed_at" TIMESTAMP,
    "department_id" BIGINT REFERENCES "department" ("id") ON DELETE RESTRICT,
    "person_id" BIGINT REFERENCES "person" ("id") ON DELETE RESTRICT,
    CONSTRAINT "account_kind" CHECK (kind IN ('resident', 'official')),
    CONSTRAINT "account_state" CHECK (state IN ('active', 'closed', 'withdrawn') AND (state = 'active') = (closed_at IS NULL)),
    CONSTRAINT "account_known_until_withdrawn" CHECK (CASE WHEN state = 'withdrawn' THEN login_id IS NULL AND password_hash IS NULL AND name IS NULL AND phone IS NULL AND email IS NULL AND birth_date IS NULL AND address IS NULL AND person_id IS NULL AND passkey_handle IS NULL ELSE login_id IS NOT NULL AND password_hash IS NOT NULL AND name IS NOT NULL AND (kind = 'official' OR birth_date IS NOT NULL) END),
    CONSTRAINT "account_resident_or_official" CHECK (CASE WHEN kind = 'official' THEN person_id IS NULL AND state <> 'withdrawn' ELSE department_id IS NULL END),
    CONSTRAINT "account_verified" CHECK ((person_id IS NULL) = (verified_at IS NULL))
);

CREATE TABLE "addressbook_contact" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" BLOB NOT NULL,
    "number" BLOB NOT NULL,
    "number_index" BLOB GENERATED ALWAYS AS (substr("number", 1, 32)) STORED NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT
);

CREATE TABLE "addressbook_group" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" BLOB NOT NULL,
    "name_index" BLOB GENERATED ALWAYS AS (substr("name", 1, 32)) STORED NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT
);

CREATE TABLE "addressbook_member" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "contact_id" BIGINT NOT NULL REFERENCES "addressbook_contact" ("id") ON DELETE CASCADE,
    "group_id" BIGINT NOT NULL REFERENCES "addressbook_group" ("id") ON DELETE CASCADE
);

CREATE TABLE "api_key" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" VARCHAR(80) NOT NULL,
    "beginning" VARCHAR(16) NOT NULL,
    "hash" VARCHAR(64) NOT NULL,
    "scopes" VARCHAR(80) NOT NULL,
    "per_hour" INT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "revoked_at" TIMESTAMP,
    "used_count" INT NOT NULL,
    "last_used_at" TIMESTAMP,
    "created_by_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    "revoked_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "api_key_per_hour" CHECK (per_hour BETWEEN 1 AND 10000),
    CONSTRAINT "api_key_revoked" CHECK ((revoked_at IS NULL) = (revoked_by_id IS NULL))
);

CREATE TABLE "audit_entry" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "action" VARCHAR(100) NOT NULL,
    "subject" VARCHAR(200) NOT NULL,
    "actor_id" BIGINT,
    "facts" TEXT NOT NULL,
    "mac" BLOB NOT NULL,
    "sequence" BIGINT,
    "digest" BLOB
);

CREATE TABLE "audit_head" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "digest" BLOB NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "purged" INT NOT NULL DEFAULT 0,
    "signature" BLOB NOT NULL
);

CREATE TABLE "authenticator" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "secret" BLOB NOT NULL,
    "begun_at" TIMESTAMP NOT NULL,
    "confirmed_at" TIMESTAMP,
    "last_step" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE,
    CONSTRAINT "authenticator_step" CHECK (last_step >= 0)
);

CREATE TABLE "budget_line" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "year" INT NOT NULL,
    "voted_won" BIGINT NOT NULL,
    "left_won" BIGINT NOT NULL,
    CONSTRAINT "budget_line_left" CHECK (left_won >= 0)
);

CREATE TABLE "budget_warning" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "year" INT NOT NULL,
    "line" VARCHAR(200) NOT NULL,
    "share" INT NOT NULL,
    "told_at" TIMESTAMP NOT NULL,
    CONSTRAINT "budget_warning_share" CHECK (share BETWEEN 1 AND 100)
);

CREATE TABLE "complaint" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "number" VARCHAR(13) NOT NULL,
    "state" VARCHAR(20) NOT NULL,
    "open" INT NOT NULL,
    "public" INT NOT NULL,
    "title" BLOB NOT NULL,
    "body" BLOB NOT NULL,
    "place" BLOB NOT NULL,
    "position" BLOB,
    "name" BLOB NOT NULL,
    "phone" BLOB,
    "phone_blind" BLOB GENERATED ALWAYS AS (substr("phone", 1, 32)) STORED,
    "email" BLOB,
    "email_blind" BLOB GENERATED ALWAYS AS (substr("email", 1, 32)) STORED,
    "address" BLOB,
    "fax" BLOB,
    "reply_by" VARCHAR(6) NOT NULL,
    "photos_count" INT NOT NULL,
    "filed_at" TIMESTAMP NOT NULL,
    "accept_by" TIMESTAMP NOT NULL,
    "accepted_at" TIMESTAMP,
    "due_at" TIMESTAMP,
    "due_by_hour" INT NOT NULL,
    "ended_at" TIMESTAMP,
    "warned" VARCHAR(8) NOT NULL,
    "told_at" TIMESTAMP,
    "version" INT NOT NULL,
    "applicant_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    "department_id" BIGINT REFERENCES "department" ("id") ON DELETE RESTRICT,
    "handler_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    "kind_id" BIGINT REFERENCES "complaint_kind" ("id") ON DELETE RESTRICT,
    "topic_id" BIGINT NOT NULL REFERENCES "complaint_topic" ("id") ON DELETE RESTRICT,
    "wanted_kind_id" BIGINT REFERENCES "complaint_kind" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_state" CHECK (state IN ('accepted', 'arrived', 'assigned', 'awaiting_approval', 'awaiting_payment', 'completed', 'cooperation', 'deemed_withdrawn', 'in_progress', 'inquiry', 'lapsed', 'merged', 'supplement', 'transferred', 'withdrawn')),
    CONSTRAINT "complaint_open" CHECK (open = (NOT state IN ('completed', 'deemed_withdrawn', 'lapsed', 'merged', 'transferred', 'withdrawn')) AND open = (ended_at IS NULL)),
    CONSTRAINT "complaint_clock" CHECK ((accepted_at IS NULL) = (due_at IS NULL) AND (accepted_at IS NULL) = (kind_id IS NULL) AND (NOT state IN ('arrived', 'awaiting_payment', 'lapsed') OR accepted_at IS NULL) AND (NOT state IN ('accepted', 'assigned', 'awaiting_approval', 'completed', 'cooperation', 'in_progress', 'inquiry', 'supplement') OR accepted_at IS NOT NULL)),
    CONSTRAINT "complaint_reply" CHECK (reply_by IN ('app', 'sms', 'letter', 'fax') AND (reply_by <> 'fax' OR fax IS NOT NULL)),
    CONSTRAINT "complaint_warned" CHECK (warned IN ('', 'soon', 'overdue')),
    CONSTRAINT "complaint_photos" CHECK (photos_count BETWEEN 0 AND 60)
);

CREATE TABLE "complaint_admonition" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "applicant" BLOB NOT NULL,
    "text" BLOB NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    "sent_by_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT
);

CREATE TABLE "complaint_answer" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "outcome" VARCHAR(12) NOT NULL,
    "text" BLOB NOT NULL,
    "reasons" BLOB,
    "remedies" BLOB,
    "ground" VARCHAR(20),
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE,
    CONSTRAINT "complaint_answer_outcome" CHECK (outcome IN ('done', 'not_accepted', 'not_handled', 'partly', 'refused', 'repeated', 'returned')),
    CONSTRAINT "complaint_answer_lawful" CHECK ((outcome NOT IN ('refused', 'not_accepted', 'partly') OR (reasons IS NOT NULL AND remedies IS NOT NULL)) AND (outcome NOT IN ('returned', 'not_handled', 'repeated') OR reasons IS NOT NULL) AND (outcome = 'not_handled') = (ground IS NOT NULL))
);

CREATE TABLE "complaint_approval" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "hat" VARCHAR(10) NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "approved" INT NOT NULL,
    "word" BLOB,
    "approver_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    "draft_id" BIGINT NOT NULL REFERENCES "complaint_draft" ("id") ON DELETE CASCADE,
    CONSTRAINT "complaint_approval_word" CHECK (hat IN ('head', 'team_head') AND (approved OR word IS NOT NULL))
);

CREATE TABLE "complaint_cooperation" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "open" INT NOT NULL,
    "asked_at" TIMESTAMP NOT NULL,
    "reply_by" DATE NOT NULL,
    "asked" BLOB NOT NULL,
    "answered_at" TIMESTAMP,
    "answer" BLOB,
    "warned" INT NOT NULL,
    "answered_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    "asked_by_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE,
    "department_id" BIGINT NOT NULL REFERENCES "department" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_cooperation_answer" CHECK ((answered_at IS NULL) = (answer IS NULL) AND (answered_at IS NULL) = (answered_by_id IS NULL) AND (NOT open OR answered_at IS NULL))
);

CREATE TABLE "complaint_correction" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "number" INT NOT NULL,
    "ground" VARCHAR(8) NOT NULL,
    "text" BLOB NOT NULL,
    "demanded_at" TIMESTAMP NOT NULL,
    "corrected" INT,
    "answer" BLOB,
    "answered_at" TIMESTAMP,
    "answered_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_correction_ground" CHECK (ground IN ('late', 'papers', 'withheld')),
    CONSTRAINT "complaint_correction_answer" CHECK ((answered_at IS NULL) = (answer IS NULL) AND (answered_at IS NULL) = (corrected IS NULL) AND (answered_at IS NULL) = (answered_by_id IS NULL))
);

CREATE TABLE "complaint_draft" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "left" VARCHAR(40) NOT NULL,
    "outcome" VARCHAR(12) NOT NULL,
    "text" BLOB NOT NULL,
    "reasons" BLOB,
    "remedies" BLOB,
    "ground" VARCHAR(20),
    "drafted_at" TIMESTAMP NOT NULL,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE,
    "drafted_by_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_draft_outcome" CHECK (outcome IN ('done', 'not_accepted', 'not_handled', 'partly', 'refused', 'repeated', 'returned')),
    CONSTRAINT "complaint_draft_state" CHECK (state IN ('open', 'approved', 'sent_back', 'taken_back', 'dropped') AND (state NOT IN ('open', 'approved') OR (state = 'open') = ("left" <> '')))
);

CREATE TABLE "complaint_enclosure" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "key" CHAR(36) NOT NULL,
    "owner" VARCHAR(64) NOT NULL,
    "caption" BLOB NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE,
    "fix_id" BIGINT REFERENCES "complaint_fix" ("id") ON DELETE CASCADE
);

CREATE TABLE "complaint_extension" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "second" INT NOT NULL,
    "cause" VARCHAR(16) NOT NULL,
    "more" INT NOT NULL,
    "until" DATE NOT NULL,
    "text" BLOB NOT NULL,
    "asked_at" TIMESTAMP NOT NULL,
    "granted" INT,
    "decided_at" TIMESTAMP,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE,
    CONSTRAINT "complaint_extension_cause" CHECK (cause IN ('cooperation', 'facts', 'force_majeure', 'likewise') AND more > 0),
    CONSTRAINT "complaint_extension_consent" CHECK ((granted IS NULL) = (decided_at IS NULL) AND (second OR granted IS NOT NULL))
);

CREATE TABLE "complaint_filing_limit" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "applicant" BLOB NOT NULL,
    "reason" BLOB NOT NULL,
    "begins" TIMESTAMP NOT NULL,
    "until" TIMESTAMP NOT NULL,
    "lifted_at" TIMESTAMP,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    "lifted_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    "set_by_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_filing_limit_ends" CHECK (until > begins AND (lifted_at IS NULL) = (lifted_by_id IS NULL))
);

CREATE TABLE "complaint_fix" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "phrase" BLOB NOT NULL,
    "department_id" BIGINT NOT NULL REFERENCES "department" ("id") ON DELETE RESTRICT,
    "done_by_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT
);

CREATE TABLE "complaint_fix_case" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE,
    "fix_id" BIGINT NOT NULL REFERENCES "complaint_fix" ("id") ON DELETE CASCADE
);

CREATE TABLE "complaint_gathering" (
    "signatures" INT NOT NULL,
    "people" INT NOT NULL,
    "of_many" INT NOT NULL,
    "mediated_on" DATE,
    "mediation" BLOB,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_gathering_many" CHECK (of_many = (people >= 5) AND signatures >= 0 AND people >= signatures),
    CONSTRAINT "complaint_gathering_mediated" CHECK ((mediated_on IS NULL) = (mediation IS NULL))
);

CREATE TABLE "complaint_guest" (
    "password_hash" VARCHAR(200) NOT NULL,
    "generation" INT NOT NULL,
    "changed_at" TIMESTAMP NOT NULL,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE
);

CREATE TABLE "complaint_insult" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "word" BLOB NOT NULL,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT
);

CREATE TABLE "complaint_kind" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(40) NOT NULL,
    "position" INT NOT NULL
);

CREATE TABLE "complaint_kind_version" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "number" INT NOT NULL,
    "since" TIMESTAMP NOT NULL,
    "name" VARCHAR(80) NOT NULL,
    "name_en" VARCHAR(120) NOT NULL,
    "about" VARCHAR(600) NOT NULL,
    "about_en" VARCHAR(900) NOT NULL,
    "category" VARCHAR(20) NOT NULL,
    "period" VARCHAR(10),
    "law" VARCHAR(200) NOT NULL,
    "fee_won" INT NOT NULL,
    "fee_note" VARCHAR(120) NOT NULL,
    "fee_note_en" VARCHAR(160) NOT NULL,
    "online" INT NOT NULL,
    "identity" INT NOT NULL,
    "enclosures" TEXT NOT NULL,
    "questions" TEXT NOT NULL,
    "approvals" TEXT,
    "public" INT NOT NULL,
    "place" VARCHAR(120) NOT NULL,
    "place_en" VARCHAR(160) NOT NULL,
    "active" INT NOT NULL,
    "mandate" VARCHAR(8) NOT NULL,
    "basis" VARCHAR(200) NOT NULL,
    "written_at" TIMESTAMP NOT NULL,
    "taken_back" INT NOT NULL,
    "department_id" BIGINT REFERENCES "department" ("id") ON DELETE RESTRICT,
    "kind_id" BIGINT NOT NULL REFERENCES "complaint_kind" ("id") ON DELETE RESTRICT,
    "written_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_kind_version_fee" CHECK (fee_won >= 0),
    CONSTRAINT "complaint_kind_version_number" CHECK (number >= 1),
    CONSTRAINT "complaint_kind_version_category" CHECK (category IN ('application', 'statute_inquiry', 'procedure_inquiry', 'proposal', 'grievance', 'other')),
    CONSTRAINT "complaint_kind_version_mandate" CHECK (mandate IN ('none', 'allowed', 'required'))
);

CREATE TABLE "complaint_letter" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(40) NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "printed_at" TIMESTAMP,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE,
    "printed_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_letter_printed" CHECK ((printed_at IS NULL) = (printed_by_id IS NULL))
);

CREATE TABLE "complaint_me_too" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE
);

CREATE TABLE "complaint_memo" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "text" BLOB NOT NULL,
    "author_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE
);

CREATE TABLE "complaint_mend" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "field" VARCHAR(5) NOT NULL,
    "before" BLOB NOT NULL,
    "text" BLOB NOT NULL,
    "asked_at" TIMESTAMP NOT NULL,
    "agreed" INT,
    "by" VARCHAR(5),
    "decided_at" TIMESTAMP,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE,
    CONSTRAINT "complaint_mend_field" CHECK (field IN ('body', 'place', 'title')),
    CONSTRAINT "complaint_mend_consent" CHECK ((agreed IS NULL) = (decided_at IS NULL) AND (agreed IS NULL) = (by IS NULL) AND (by IS NULL OR by IN ('app', 'phone')))
);

CREATE TABLE "complaint_merged" (
    "leader_version" INT NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "leader_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_merged_other" CHECK (complaint_id <> leader_id)
);

CREATE TABLE "complaint_objection" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "state" VARCHAR(8) NOT NULL,
    "grounds" BLOB NOT NULL,
    "filed_at" TIMESTAMP NOT NULL,
    "due_at" TIMESTAMP NOT NULL,
    "reminded" INT NOT NULL,
    "extension" BLOB,
    "extended_at" TIMESTAMP,
    "decision" VARCHAR(9),
    "reasons" BLOB,
    "decided_at" TIMESTAMP,
    "decided_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_objection_state" CHECK (state IN ('decided', 'extended', 'filed')),
    CONSTRAINT "complaint_objection_decision" CHECK ((decision IS NULL OR decision IN ('dismissed', 'partly', 'upheld')) AND (state = 'decided') = (decision IS NOT NULL) AND (decision IS NULL) = (reasons IS NULL) AND (decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by_id IS NULL)),
    CONSTRAINT "complaint_objection_extended" CHECK ((extended_at IS NULL) = (extension IS NULL) AND (state <> 'extended' OR extended_at IS NOT NULL) AND (state <> 'filed' OR extended_at IS NULL))
);

CREATE TABLE "complaint_pause" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "ground" VARCHAR(10) NOT NULL,
    "begins" TIMESTAMP NOT NULL,
    "until" DATE NOT NULL,
    "ends" TIMESTAMP,
    "prolonged" INT NOT NULL,
    "agency" VARCHAR(60),
    "text" BLOB NOT NULL,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE,
    CONSTRAINT "complaint_pause_ground" CHECK (ground IN ('documents', 'inquiry') AND (ground = 'documents') = (agency IS NOT NULL) AND (ground = 'inquiry' OR NOT prolonged)),
    CONSTRAINT "complaint_pause_time" CHECK (ends IS NULL OR ends >= begins)
);

CREATE TABLE "complaint_photo" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "key" CHAR(36) NOT NULL,
    "owner" VARCHAR(64) NOT NULL,
    "number" INT,
    "step" INT,
    "caption" BLOB,
    "width" INT NOT NULL,
    "height" INT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "complaint_id" BIGINT REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_photo_staged" CHECK ((complaint_id IS NULL) = (number IS NULL) AND (complaint_id IS NULL) = (step IS NULL) AND (number IS NULL OR number BETWEEN 1 AND 60))
);

CREATE TABLE "complaint_place_word" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "word" BLOB NOT NULL,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE
);

CREATE TABLE "complaint_principal" (
    "name" BLOB NOT NULL,
    "phone" BLOB,
    "phone_blind" BLOB GENERATED ALWAYS AS (substr("phone", 1, 32)) STORED,
    "address" BLOB,
    "person" BLOB NOT NULL,
    "relation" VARCHAR(10) NOT NULL,
    "consent" VARCHAR(10) NOT NULL,
    "consented_on" DATE NOT NULL,
    "tell_by" VARCHAR(6) NOT NULL,
    "code" BLOB NOT NULL,
    "mandate" CHAR(36),
    "mandate_at" TIMESTAMP,
    "objected_at" TIMESTAMP,
    "objection" BLOB,
    "posted_at" TIMESTAMP,
    "review_for" VARCHAR(8) NOT NULL,
    "reviewed_at" TIMESTAMP,
    "posted_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    "reviewed_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE,
    CONSTRAINT "complaint_principal_how" CHECK (relation IN ('agent', 'carer', 'family', 'guardian', 'neighbour')),
    CONSTRAINT "complaint_principal_word" CHECK (consent IN ('by_law', 'by_phone', 'in_person', 'in_writing')),
    CONSTRAINT "complaint_principal_told" CHECK (tell_by IN ('letter', 'none', 'sms') AND (tell_by <> 'none' OR relation = 'guardian') AND (tell_by <> 'sms' OR phone IS NOT NULL) AND (tell_by <> 'letter' OR address IS NOT NULL)),
    CONSTRAINT "complaint_principal_review" CHECK (review_for IN ('', 'many', 'objected') AND (reviewed_at IS NULL) = (reviewed_by_id IS NULL) AND (review_for <> '' OR reviewed_at IS NULL) AND (mandate IS NULL) = (mandate_at IS NULL) AND (objection IS NULL OR objected_at IS NOT NULL) AND (posted_at IS NULL) = (posted_by_id IS NULL) AND (tell_by = 'letter' OR posted_at IS NULL))
);

CREATE TABLE "complaint_referral" (
    "at" TIMESTAMP NOT NULL,
    "earlier_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_referral_earlier" CHECK (earlier_id < complaint_id)
);

CREATE TABLE "complaint_rehandling" (
    "cause" VARCHAR(9) NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    "former_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_rehandling_cause" CHECK (cause IN ('objection', 'reopening') AND complaint_id <> former_id)
);

CREATE TABLE "complaint_reopening" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "state" VARCHAR(8) NOT NULL,
    "reason" BLOB NOT NULL,
    "asked_at" TIMESTAMP NOT NULL,
    "answer" BLOB,
    "decided_at" TIMESTAMP,
    "decided_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_reopening_state" CHECK (state IN ('asked', 'declined', 'granted')),
    CONSTRAINT "complaint_reopening_decision" CHECK ((state = 'asked') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL) AND (state <> 'declined' OR answer IS NOT NULL))
);

CREATE TABLE "complaint_representative" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "number" INT NOT NULL,
    "name" BLOB NOT NULL,
    "contact" BLOB NOT NULL,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_representative_number" CHECK (number BETWEEN 1 AND 3)
);

CREATE TABLE "complaint_ruling" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "act" VARCHAR(5) NOT NULL,
    "ground" VARCHAR(20) NOT NULL,
    "reason" BLOB NOT NULL,
    "words" BLOB,
    "photos" INT NOT NULL,
    "actor_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE,
    CONSTRAINT "complaint_ruling_act" CHECK (act IN ('hide', 'show', 'cover') AND (act = 'cover' OR (words IS NULL AND NOT photos)))
);

CREATE TABLE "complaint_satisfaction" (
    "score" INT NOT NULL,
    "word" BLOB,
    "rated_at" TIMESTAMP NOT NULL,
    "changed_at" TIMESTAMP,
    "department_id" BIGINT REFERENCES "department" ("id") ON DELETE RESTRICT,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_satisfaction_score" CHECK (score BETWEEN 1 AND 5),
    CONSTRAINT "complaint_satisfaction_changed" CHECK (changed_at IS NULL OR changed_at >= rated_at)
);

CREATE TABLE "complaint_signature" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "who" BLOB NOT NULL,
    "name" BLOB NOT NULL,
    "contact" BLOB NOT NULL,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT
);

CREATE TABLE "complaint_sketch" (
    "applicant" BLOB NOT NULL,
    "sketch" BLOB NOT NULL,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE
);

CREATE TABLE "complaint_step" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "version" INT NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "action" VARCHAR(30) NOT NULL,
    "facts" TEXT NOT NULL,
    "text" BLOB,
    "actor_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE,
    "department_id" BIGINT REFERENCES "department" ("id") ON DELETE RESTRICT
);

CREATE TABLE "complaint_stock_phrase" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "title" VARCHAR(40) NOT NULL,
    "text" TEXT NOT NULL,
    "changed_at" TIMESTAMP NOT NULL,
    "changed_by_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    "department_id" BIGINT NOT NULL REFERENCES "department" ("id") ON DELETE RESTRICT,
    "topic_id" BIGINT REFERENCES "complaint_topic" ("id") ON DELETE RESTRICT
);

CREATE TABLE "complaint_supplement" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "asked_at" TIMESTAMP NOT NULL,
    "until" DATE NOT NULL,
    "asked" BLOB NOT NULL,
    "given_at" TIMESTAMP,
    "more_time" INT NOT NULL,
    "undelivered_at" TIMESTAMP,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE,
    CONSTRAINT "complaint_supplement_more" CHECK (more_time BETWEEN 0 AND 2)
);

CREATE TABLE "complaint_topic" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(40) NOT NULL
);

CREATE TABLE "complaint_topic_version" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "number" INT NOT NULL,
    "since" TIMESTAMP NOT NULL,
    "name" VARCHAR(60) NOT NULL,
    "name_en" VARCHAR(100) NOT NULL,
    "hint" VARCHAR(120) NOT NULL,
    "hint_en" VARCHAR(200) NOT NULL,
    "icon" VARCHAR(20) NOT NULL,
    "position" INT NOT NULL,
    "active" INT NOT NULL,
    "basis" VARCHAR(200) NOT NULL,
    "written_at" TIMESTAMP NOT NULL,
    "taken_back" INT NOT NULL,
    "department_id" BIGINT REFERENCES "department" ("id") ON DELETE RESTRICT,
    "kind_id" BIGINT NOT NULL REFERENCES "complaint_kind" ("id") ON DELETE RESTRICT,
    "topic_id" BIGINT NOT NULL REFERENCES "complaint_topic" ("id") ON DELETE RESTRICT,
    "written_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "complaint_topic_version_number" CHECK (number >= 1)
);

CREATE TABLE "consent" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "document" VARCHAR(16) NOT NULL,
    "version" VARCHAR(16) NOT NULL,
    "given_at" TIMESTAMP NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE
);

CREATE TABLE "counter" (
    "series" VARCHAR(100) PRIMARY KEY NOT NULL,
    "given" BIGINT NOT NULL
);

CREATE TABLE "demo_district" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "begun_at" TIMESTAMP NOT NULL,
    "finished_at" TIMESTAMP,
    "password_mark" BLOB
);

CREATE TABLE "department" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "slug" VARCHAR(40) NOT NULL,
    "name" VARCHAR(60) NOT NULL,
    "name_en" VARCHAR(120) NOT NULL,
    "phone" VARCHAR(20) NOT NULL,
    "position" INT NOT NULL,
    "active" INT NOT NULL,
    CONSTRAINT "department_named" CHECK (slug <> '' AND name <> '')
);

CREATE TABLE "document" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "code" VARCHAR(16) NOT NULL,
    "kind" VARCHAR(12) NOT NULL,
    "number" VARCHAR(13) NOT NULL,
    "language" VARCHAR(2) NOT NULL,
    "department" VARCHAR(100) NOT NULL,
    "content" VARCHAR(64) NOT NULL,
    "issued_at" TIMESTAMP NOT NULL,
    "file" CHAR(36),
    "sha256" VARCHAR(64),
    CONSTRAINT "document_kind" CHECK (kind IN ('acceptance', 'notice', 'receipt', 'result')),
    CONSTRAINT "document_file" CHECK ((file IS NULL) = (sha256 IS NULL))
);

CREATE TABLE "examiner_reminder" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "number" VARCHAR(13) NOT NULL,
    "ordinal" INT NOT NULL,
    "late_since" TIMESTAMP NOT NULL,
    "text" BLOB NOT NULL,
    "sent_at" TIMESTAMP NOT NULL,
    "answer" BLOB,
    "answered_at" TIMESTAMP,
    "answered_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    "department_id" BIGINT REFERENCES "department" ("id") ON DELETE RESTRICT,
    "sent_by_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "examiner_reminder_ordinal" CHECK (ordinal > 0),
    CONSTRAINT "examiner_reminder_answer" CHECK ((answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by_id IS NULL))
);

CREATE TABLE "examiner_review" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "month" VARCHAR(7) NOT NULL,
    "figures" TEXT NOT NULL,
    "remarks" BLOB NOT NULL,
    "closed_at" TIMESTAMP NOT NULL,
    "closed_by_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT
);

CREATE TABLE "existing_import" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "brought_at" TIMESTAMP NOT NULL,
    "done_at" TIMESTAMP,
    "new_count" INT NOT NULL,
    "known_count" INT NOT NULL,
    "faulty_count" INT NOT NULL,
    "faults" TEXT NOT NULL,
    "brought_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "existing_import_counts" CHECK (new_count >= 0 AND known_count >= 0 AND faulty_count >= 0)
);

CREATE TABLE "existing_member" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "account_hash" BLOB NOT NULL,
    "identity_hash" BLOB NOT NULL,
    "brought_in_id" BIGINT NOT NULL REFERENCES "existing_import" ("id") ON DELETE CASCADE
);

CREATE TABLE "fairuse_code" (
    "id" CHAR(36) PRIMARY KEY NOT NULL,
    "purpose" VARCHAR(7) NOT NULL,
    "number" BLOB NOT NULL,
    "code_hash" BLOB NOT NULL,
    "issued_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    "tries" INT NOT NULL,
    "state" VARCHAR(5) NOT NULL,
    "account_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "fairuse_code_purpose" CHECK (purpose IN ('sender', 'opt_out', 'opt_in') AND (purpose = 'sender') = (account_id IS NOT NULL)),
    CONSTRAINT "fairuse_code_state" CHECK (state IN ('open', 'used', 'spent') AND tries >= 0)
);

CREATE TABLE "fairuse_count" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "subject" VARCHAR(90) NOT NULL,
    "period" VARCHAR(10) NOT NULL,
    "units" INT NOT NULL,
    "most" INT NOT NULL,
    CONSTRAINT "fairuse_count_most" CHECK (units >= 0 AND units <= most)
);

CREATE TABLE "fairuse_sender" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "number" BLOB,
    "number_index" BLOB GENERATED ALWAYS AS (substr("number", 1, 32)) STORED,
    "proof" VARCHAR(4) NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "chosen" INT NOT NULL,
    "checked_by_id" BIGINT,
    "proven_at" TIMESTAMP NOT NULL,
    "decided_at" TIMESTAMP,
    "decided_by_id" BIGINT,
    "reason" BLOB,
    "ended_at" TIMESTAMP,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "fairuse_sender_state_known" CHECK (state IN ('proven', 'registered', 'refused', 'ended') AND (state IN ('proven', 'registered')) = (number IS NOT NULL) AND (state IN ('proven', 'registered')) = (ended_at IS NULL)),
    CONSTRAINT "fairuse_sender_proof" CHECK (proof IN ('code', 'desk') AND (proof = 'desk') = (checked_by_id IS NOT NULL)),
    CONSTRAINT "fairuse_sender_decided" CHECK ((decided_at IS NULL) = (decided_by_id IS NULL) AND (state <> 'proven' OR decided_at IS NULL) AND (state NOT IN ('registered', 'refused') OR decided_at IS NOT NULL) AND (state <> 'refused' OR reason IS NOT NULL))
);

CREATE TABLE "fairuse_stop" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "what" VARCHAR(3) NOT NULL,
    "reason" VARCHAR(200) NOT NULL,
    "stopped_at" TIMESTAMP NOT NULL,
    "stopped_by_id" BIGINT,
    "resumed_at" TIMESTAMP,
    "resumed_by_id" BIGINT,
    CONSTRAINT "fairuse_stop_what" CHECK (what = 'all' AND reason <> ''),
    CONSTRAINT "fairuse_stop_resumed" CHECK ((resumed_at IS NULL OR resumed_at >= stopped_at) AND (resumed_by_id IS NULL OR resumed_at IS NOT NULL))
);

CREATE TABLE "fairuse_suppression" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "number_hash" BLOB NOT NULL,
    "way" VARCHAR(7) NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "added_by_id" BIGINT,
    "removed_at" TIMESTAMP,
    "removed_by_id" BIGINT,
    "reason" BLOB,
    CONSTRAINT "fairuse_suppression_way" CHECK (way IN ('page', 'keyword', 'desk') AND (way = 'desk') = (added_by_id IS NOT NULL)),
    CONSTRAINT "fairuse_suppression_removed" CHECK (removed_at IS NOT NULL OR removed_by_id IS NULL),
    CONSTRAINT "fairuse_suppression_reason" CHECK (removed_by_id IS NULL OR reason IS NOT NULL)
);

CREATE TABLE "figure" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "scope" VARCHAR(10) NOT NULL,
    "position" INT NOT NULL,
    "key" VARCHAR(20) NOT NULL,
    "filed" INT,
    "in_time" INT,
    "halves" INT,
    "counted_at" TIMESTAMP NOT NULL,
    CONSTRAINT "figure_scope" CHECK (scope IN ('all', 'month', 'department', 'kind'))
);

CREATE TABLE "follow" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "place" BLOB,
    "position" BLOB,
    "radius_m" INT,
    "daily" INT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE,
    "topic_id" BIGINT REFERENCES "complaint_topic" ("id") ON DELETE RESTRICT,
    CONSTRAINT "follow_one_thing" CHECK ((topic_id IS NULL) <> (place IS NULL) AND (position IS NULL) = (radius_m IS NULL) AND (place IS NOT NULL OR position IS NULL) AND (radius_m IS NULL OR radius_m BETWEEN 100 AND 2000))
);

CREATE TABLE "follow_mark" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "mark" BLOB NOT NULL,
    "follow_id" BIGINT NOT NULL REFERENCES "follow" ("id") ON DELETE CASCADE
);

CREATE TABLE "follow_news" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "told" INT NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE,
    "complaint_id" BIGINT NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE
);

CREATE TABLE "form_use" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "actor_key" VARCHAR(64) NOT NULL,
    "route" VARCHAR(100) NOT NULL,
    "key" CHAR(36) NOT NULL,
    "digest" BLOB NOT NULL,
    "answer" TEXT,
    "created_at" TIMESTAMP NOT NULL
);

CREATE TABLE "guardian_consent" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "guardian_name" BLOB NOT NULL,
    "guardian_phone" BLOB NOT NULL,
    "version" VARCHAR(16) NOT NULL,
    "given_at" TIMESTAMP NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE
);

CREATE TABLE "holiday_declared" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "day" DATE NOT NULL,
    "name" VARCHAR(60) NOT NULL,
    "name_en" VARCHAR(60) NOT NULL,
    "reason" VARCHAR(300) NOT NULL,
    "declared_at" TIMESTAMP NOT NULL,
    "declared_by_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT
);

CREATE TABLE "key_mark" (
    "name" VARCHAR(40) PRIMARY KEY NOT NULL,
    "mark" VARCHAR(64) NOT NULL
);

CREATE TABLE "live_topic" (
    "topic" VARCHAR(80) PRIMARY KEY NOT NULL,
    "version" BIGINT NOT NULL
);

CREATE TABLE "message" (
    "id" CHAR(36) PRIMARY KEY NOT NULL,
    "person_id" BIGINT,
    "paid_by" VARCHAR(6) NOT NULL,
    "about" VARCHAR(60),
    "notice" VARCHAR(40),
    "kind" VARCHAR(3) NOT NULL,
    "stage" VARCHAR(9) NOT NULL,
    "held_for" VARCHAR(40),
    "scheduled_at" TIMESTAMP,
    "sender" BLOB,
    "sender_index" BLOB GENERATED ALWAYS AS (substr("sender", 1, 32)) STORED,
    "body" BLOB,
    "parts" BLOB,
    "sheet_id" CHAR(36),
    "recipients" INT NOT NULL,
    "units" INT NOT NULL,
    "units_each" INT,
    "abroad" INT NOT NULL,
    "filled" INT NOT NULL,
    "unit_points" INT NOT NULL,
    "unit_won" INT NOT NULL,
    "open_count" INT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "confirmed_at" TIMESTAMP,
    "ended_at" TIMESTAMP,
    "erased_at" TIMESTAMP,
    "account_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "message_kind" CHECK (kind IN ('sms', 'fax')),
    CONSTRAINT "message_stage_known" CHECK (stage IN ('draft', 'held', 'scheduled', 'sent', 'cancelled')),
    CONSTRAINT "message_held" CHECK ((stage <> 'held' OR held_for IS NOT NULL) AND (stage <> 'scheduled' OR scheduled_at IS NOT NULL)),
    CONSTRAINT "message_filled" CHECK (filled OR stage IN ('draft', 'cancelled')),
    CONSTRAINT "message_open" CHECK (open_count >= 0),
    CONSTRAINT "message_sender" CHECK (sender IS NOT NULL OR erased_at IS NOT NULL),
    CONSTRAINT "message_amounts" CHECK (recipients > 0 AND units >= recipients AND unit_won >= 0 AND (units_each IS NULL OR units = recipients * units_each) AND unit_points >= 0 AND (unit_points > 0) = (paid_by = 'person')),
    CONSTRAINT "message_paid_by" CHECK ((paid_by = 'person' AND person_id IS NOT NULL AND account_id IS NOT NULL AND about IS NULL) OR (paid_by = 'office' AND person_id IS NULL AND (account_id IS NULL) = (about IS NOT NULL)))
);

CREATE TABLE "message_answers" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "provider" VARCHAR(40) NOT NULL,
    "begins_at" TIMESTAMP NOT NULL,
    "taken" INT NOT NULL,
    "refused" INT NOT NULL,
    "unclear" INT NOT NULL,
    "answer_ms" BIGINT NOT NULL,
    CONSTRAINT "message_answers_counts" CHECK (taken >= 0 AND refused >= 0 AND unclear >= 0 AND answer_ms >= 0)
);

CREATE TABLE "message_delivery" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(3) NOT NULL,
    "recipient" INT NOT NULL,
    "part" INT NOT NULL,
    "number" BLOB,
    "text" BLOB,
    "order_id" VARCHAR(64) NOT NULL,
    "state" VARCHAR(9) NOT NULL,
    "units" INT NOT NULL,
    "charged" INT,
    "attempts" INT NOT NULL,
    "lease" VARCHAR(100),
    "version" INT NOT NULL,
    "provider" VARCHAR(40),
    "reference" VARCHAR(120),
    "reason" VARCHAR(60) NOT NULL,
    "sending_at" TIMESTAMP,
    "accepted_at" TIMESTAMP,
    "ended_at" TIMESTAMP,
    "deadline_at" TIMESTAMP,
    "delivered_late_at" TIMESTAMP,
    "message_id" CHAR(36) NOT NULL REFERENCES "message" ("id") ON DELETE RESTRICT,
    CONSTRAINT "message_delivery_state" CHECK (state IN ('draft', 'queued', 'sending', 'unknown', 'accepted', 'delivered', 'failed', 'expired', 'cancelled')),
    CONSTRAINT "message_delivery_charged" CHECK (units > 0 AND (charged IS NULL OR charged BETWEEN 0 AND units)),
    CONSTRAINT "message_delivery_ended" CHECK (state NOT IN ('delivered', 'failed', 'expired') OR charged IS NOT NULL)
);

CREATE TABLE "message_fax" (
    "cover" INT NOT NULL,
    "addressee" BLOB,
    "contact" BLOB,
    "exposed" VARCHAR(200) NOT NULL,
    "acknowledged_at" TIMESTAMP,
    "message_id" CHAR(36) PRIMARY KEY NOT NULL REFERENCES "message" ("id") ON DELETE RESTRICT
);

CREATE TABLE "message_fax_file" (
    "id" CHAR(36) PRIMARY KEY NOT NULL,
    "place" INT NOT NULL,
    "name" BLOB NOT NULL,
    "pages" INT NOT NULL,
    "exposed" VARCHAR(200) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    "message_id" CHAR(36) REFERENCES "message" ("id") ON DELETE RESTRICT,
    CONSTRAINT "message_fax_file_pages" CHECK (pages > 0)
);

CREATE TABLE "message_left_out" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "number" BLOB,
    "message_id" CHAR(36) NOT NULL REFERENCES "message" ("id") ON DELETE RESTRICT
);

CREATE TABLE "message_pace" (
    "provider" VARCHAR(40) PRIMARY KEY NOT NULL,
    "next_at" BIGINT NOT NULL,
    "rests_until" BIGINT NOT NULL,
    "troubles" INT NOT NULL,
    "taken_at" TIMESTAMP,
    "trouble_at" TIMESTAMP,
    "trouble" VARCHAR(60) NOT NULL,
    CONSTRAINT "message_pace_troubles" CHECK (troubles >= 0)
);

CREATE TABLE "message_receipt" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "provider" VARCHAR(40) NOT NULL,
    "event_id" VARCHAR(200) NOT NULL,
    "order_id" VARCHAR(64),
    "reference" VARCHAR(120),
    "status" VARCHAR(9) NOT NULL,
    "delivered_units" INT,
    "reason" VARCHAR(60) NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "received_at" TIMESTAMP NOT NULL,
    "applied_at" TIMESTAMP
);

CREATE TABLE "message_review" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "grounds" VARCHAR(40) NOT NULL,
    "held_at" TIMESTAMP NOT NULL,
    "until" TIMESTAMP NOT NULL,
    "decision" VARCHAR(9),
    "decided_at" TIMESTAMP,
    "decided_by_id" BIGINT,
    "reason" BLOB,
    "message_id" CHAR(36) NOT NULL REFERENCES "message" ("id") ON DELETE RESTRICT,
    CONSTRAINT "message_review_grounds" CHECK (grounds <> '' AND held_at < until),
    CONSTRAINT "message_review_decided" CHECK ((decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL OR decision IN ('released', 'refused', 'expired', 'withdrawn'))),
    CONSTRAINT "message_review_by" CHECK (CASE WHEN decision IN ('released', 'refused') THEN decided_by_id IS NOT NULL ELSE decided_by_id IS NULL END),
    CONSTRAINT "message_review_reason" CHECK ((reason IS NOT NULL) = (decision = 'refused'))
);

CREATE TABLE "message_sheet" (
    "id" CHAR(36) PRIMARY KEY NOT NULL,
    "name" BLOB NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT
);

CREATE TABLE "mileage_balance" (
    "available" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,
    "person_id" BIGINT PRIMARY KEY NOT NULL REFERENCES "person" ("id") ON DELETE RESTRICT,
    CONSTRAINT "mileage_balance_available" CHECK (available >= 0),
    CONSTRAINT "mileage_balance_held" CHECK (held >= 0)
);

CREATE TABLE "mileage_correction" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "points" BIGINT NOT NULL,
    "reason" BLOB NOT NULL,
    "state" VARCHAR(8) NOT NULL,
    "proposed_at" TIMESTAMP NOT NULL,
    "decided_at" TIMESTAMP,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    "decided_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    "person_id" BIGINT NOT NULL REFERENCES "person" ("id") ON DELETE RESTRICT,
    "proposed_by_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "mileage_correction_points" CHECK (points <> 0),
    CONSTRAINT "mileage_correction_state" CHECK (state IN ('proposed', 'approved', 'refused', 'dropped') AND (state = 'proposed') = (decided_by_id IS NULL) AND (state = 'proposed') = (decided_at IS NULL)),
    CONSTRAINT "mileage_correction_two_officials" CHECK (decided_by_id IS NULL OR (state = 'dropped') = (decided_by_id = proposed_by_id)),
    CONSTRAINT "mileage_correction_not_ones_own" CHECK (account_id <> proposed_by_id AND account_id <> COALESCE(decided_by_id, 0))
);

CREATE TABLE "mileage_hold" (
    "id" BIGINT PRIMARY KEY NOT NULL,
    "person_id" BIGINT NOT NULL,
    "open_points" BIGINT NOT NULL,
    "open_won" BIGINT NOT NULL,
    "spent_points" BIGINT NOT NULL,
    CONSTRAINT "mileage_hold_points" CHECK (open_points >= 0),
    CONSTRAINT "mileage_hold_won" CHECK (open_won >= 0 AND (open_points > 0 OR open_won = 0))
);

CREATE TABLE "mileage_transfer" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "key" VARCHAR(120) NOT NULL,
    "debit" VARCHAR(9) NOT NULL,
    "credit" VARCHAR(9) NOT NULL,
    "person_id" BIGINT,
    "points" BIGINT NOT NULL,
    "won" BIGINT NOT NULL,
    "about" VARCHAR(16) NOT NULL,
    "units" INT NOT NULL,
    "reason" VARCHAR(16) NOT NULL,
    "ref" VARCHAR(40) NOT NULL,
    "hold_id" BIGINT,
    "line_id" BIGINT,
    "available_after" BIGINT,
    "at" TIMESTAMP NOT NULL,
    CONSTRAINT "mileage_transfer_accounts" CHECK (debit || '>' || credit IN ('issued>available', 'available>issued', 'available>held', 'held>spent', 'held>available', 'source>line', 'line>source')),
    CONSTRAINT "mileage_transfer_amounts" CHECK (won >= 0 AND units >= 0 AND CASE WHEN person_id IS NULL THEN points = 0 AND won > 0 AND line_id IS NOT NULL AND available_after IS NULL ELSE points > 0 AND available_after IS NOT NULL END),
    CONSTRAINT "mileage_transfer_owner" CHECK ((person_id IS NULL) = (debit IN ('source', 'line'))),
    CONSTRAINT "mileage_transfer_hold" CHECK ((hold_id IS NOT NULL) = (debit = 'held') AND (line_id IS NULL) = (debit = 'issued' OR credit = 'issued') AND (line_id IS NOT NULL OR won = 0))
);

CREATE TABLE "mileage_waiting" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "rule" VARCHAR(16) NOT NULL,
    "once_key" VARCHAR(64) NOT NULL,
    "earned_at" TIMESTAMP NOT NULL,
    "settled_at" TIMESTAMP,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE
);

CREATE TABLE "notification" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(40) NOT NULL,
    "params" VARCHAR(400) NOT NULL,
    "link" VARCHAR(200) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "read_at" TIMESTAMP,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE
);

CREATE TABLE "notification_ladder" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "way" VARCHAR(4) NOT NULL,
    "fax" BLOB,
    "chosen_at" TIMESTAMP NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE,
    CONSTRAINT "notification_ladder_way" CHECK (way IN ('sms', 'desk'))
);

CREATE TABLE "notification_reach" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "about" VARCHAR(60) NOT NULL,
    "devices" VARCHAR(240) NOT NULL,
    "rung" VARCHAR(8) NOT NULL,
    "why" VARCHAR(10) NOT NULL,
    "why_desk" VARCHAR(10) NOT NULL,
    "handed_at" TIMESTAMP,
    "sms_order" CHAR(36),
    "texted_at" TIMESTAMP,
    "text" VARCHAR(7) NOT NULL,
    "since" TIMESTAMP NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE,
    "notification_id" BIGINT NOT NULL REFERENCES "notification" ("id") ON DELETE CASCADE,
    CONSTRAINT "notification_reach_rung" CHECK (rung IN ('push', 'sms', 'to_desk', 'at_desk', 'reached', 'needless', 'nowhere') AND (rung <> 'sms' OR sms_order IS NOT NULL) AND (sms_order IS NULL) = (texted_at IS NULL)),
    CONSTRAINT "notification_reach_text" CHECK (text IN ('', 'arrived', 'lost') AND (text = '' OR sms_order IS NOT NULL))
);

CREATE TABLE "outage" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "system" VARCHAR(12) NOT NULL,
    "began_at" TIMESTAMP NOT NULL,
    "ended_at" TIMESTAMP,
    "words" VARCHAR(500) NOT NULL,
    "words_en" VARCHAR(500) NOT NULL,
    "ways" VARCHAR(500) NOT NULL,
    "ways_en" VARCHAR(500) NOT NULL,
    "opened_at" TIMESTAMP NOT NULL,
    "ended_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    "opened_by_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "outage_system" CHECK (system IN ('all', 'filing', 'handling', 'payment', 'notices')),
    CONSTRAINT "outage_course" CHECK ((ended_at IS NULL) = (ended_by_id IS NULL) AND (ended_at IS NULL OR ended_at > began_at))
);

CREATE TABLE "outbox_job" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "topic" VARCHAR(100) NOT NULL,
    "handler" VARCHAR(100) NOT NULL,
    "key" VARCHAR(200),
    "payload" TEXT NOT NULL,
    "state" VARCHAR(10) NOT NULL DEFAULT 'waiting',
    "attempt" INT NOT NULL DEFAULT 0,
    "failures" INT NOT NULL DEFAULT 0,
    "due_at" TIMESTAMP NOT NULL,
    "lease_token" VARCHAR(80),
    "reason" VARCHAR(300),
    "created_at" TIMESTAMP NOT NULL,
    "ended_at" TIMESTAMP,
    CONSTRAINT "outbox_job_state_known" CHECK (state IN ('waiting', 'done', 'dead'))
);

CREATE TABLE "passkey" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "credential_id" BLOB NOT NULL,
    "public_key" BLOB NOT NULL,
    "sign_count" BIGINT NOT NULL,
    "transports" VARCHAR(80) NOT NULL,
    "name" BLOB NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "used_at" TIMESTAMP,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE,
    CONSTRAINT "passkey_counted" CHECK (sign_count >= 0)
);

CREATE TABLE "passkey_challenge" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "challenge_hash" BLOB NOT NULL,
    "purpose" VARCHAR(8) NOT NULL,
    "bound_to" BLOB NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    CONSTRAINT "passkey_challenge_purpose" CHECK (purpose IN ('add', 'log_in', 'confirm'))
);

CREATE TABLE "password_history" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "password_hash" VARCHAR(200) NOT NULL,
    "replaced_at" TIMESTAMP NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE
);

CREATE TABLE "payment_charge" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "reference" VARCHAR(7) NOT NULL,
    "subject" VARCHAR(60) NOT NULL,
    "label" VARCHAR(40) NOT NULL,
    "page" VARCHAR(200) NOT NULL,
    "won" BIGINT NOT NULL,
    "paid_won" BIGINT NOT NULL,
    "state" VARCHAR(9) NOT NULL,
    "made_at" TIMESTAMP NOT NULL,
    "pay_by" DATE NOT NULL,
    "lapse_at" TIMESTAMP NOT NULL,
    "ended_at" TIMESTAMP,
    "account_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "payment_charge_won" CHECK (won > 0),
    CONSTRAINT "payment_charge_paid" CHECK (paid_won BETWEEN 0 AND won),
    CONSTRAINT "payment_charge_state" CHECK (state IN ('awaiting', 'confirmed', 'lapsed', 'cancelled') AND (state = 'awaiting') = (ended_at IS NULL) AND (state <> 'confirmed' OR paid_won = won))
);

CREATE TABLE "payment_deposit" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "source" VARCHAR(4) NOT NULL,
    "digest" BLOB NOT NULL,
    "met_digest" BLOB,
    "at" TIMESTAMP NOT NULL,
    "won" BIGINT NOT NULL,
    "left_won" BIGINT NOT NULL,
    "payer" BLOB NOT NULL,
    "memo" BLOB NOT NULL,
    "booked_at" TIMESTAMP NOT NULL,
    "booked_by_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "payment_deposit_source" CHECK (source IN ('bank', 'desk', 'seen')),
    CONSTRAINT "payment_deposit_met" CHECK (met_digest IS NULL OR source = 'seen'),
    CONSTRAINT "payment_deposit_won" CHECK (won > 0),
    CONSTRAINT "payment_deposit_bounds" CHECK (left_won BETWEEN 0 AND won)
);

CREATE TABLE "payment_movement" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "won" BIGINT NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "actor_id" BIGINT,
    "why" BLOB,
    "charge_id" BIGINT REFERENCES "payment_charge" ("id") ON DELETE RESTRICT,
    "deposit_id" BIGINT NOT NULL REFERENCES "payment_deposit" ("id") ON DELETE RESTRICT,
    "refund_id" BIGINT REFERENCES "payment_refund" ("id") ON DELETE RESTRICT,
    CONSTRAINT "payment_movement_won" CHECK (won <> 0),
    CONSTRAINT "payment_movement_one_end" CHECK ((charge_id IS NULL) <> (refund_id IS NULL))
);

CREATE TABLE "payment_refund" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "won" BIGINT NOT NULL,
    "to" BLOB NOT NULL,
    "state" VARCHAR(7) NOT NULL,
    "asked_at" TIMESTAMP NOT NULL,
    "decided_at" TIMESTAMP,
    "asked_by_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    "decided_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    "deposit_id" BIGINT NOT NULL REFERENCES "payment_deposit" ("id") ON DELETE RESTRICT,
    CONSTRAINT "payment_refund_won" CHECK (won > 0),
    CONSTRAINT "payment_refund_state" CHECK (state IN ('asked', 'paid', 'refused') AND (state = 'asked') = (decided_by_id IS NULL) AND (state = 'asked') = (decided_at IS NULL)),
    CONSTRAINT "payment_refund_two_persons" CHECK (decided_by_id IS NULL OR decided_by_id <> asked_by_id)
);

CREATE TABLE "payment_shape" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "header" BLOB NOT NULL,
    "columns" TEXT NOT NULL
);

CREATE TABLE "payment_statement" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "uploaded_at" TIMESTAMP NOT NULL,
    "text" BLOB,
    "booked_at" TIMESTAMP,
    "deposits_count" INT NOT NULL,
    "known_count" INT NOT NULL,
    "uploaded_by_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "payment_statement_text" CHECK ((text IS NULL) = (booked_at IS NOT NULL))
);

CREATE TABLE "person" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "identity_hash" BLOB NOT NULL,
    "created_at" TIMESTAMP NOT NULL
);

CREATE TABLE "publication" (
    "number" VARCHAR(13) NOT NULL,
    "title" VARCHAR(100) NOT NULL,
    "body" TEXT NOT NULL,
    "place" VARCHAR(200) NOT NULL,
    "latitude" REAL,
    "longitude" REAL,
    "stage" VARCHAR(10) NOT NULL,
    "photos_count" INT NOT NULL,
    "filed_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "due_at" TIMESTAMP,
    "department_id" BIGINT REFERENCES "department" ("id") ON DELETE RESTRICT,
    "topic_id" BIGINT NOT NULL REFERENCES "complaint_topic" ("id") ON DELETE RESTRICT,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL REFERENCES "complaint" ("id") ON DELETE CASCADE,
    CONSTRAINT "publication_stage" CHECK (stage IN ('received', 'handling', 'completed'))
);

CREATE TABLE "push_silence" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "topic" VARCHAR(20) NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE
);

CREATE TABLE "push_subscription" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "session_number" BIGINT NOT NULL,
    "endpoint" BLOB NOT NULL,
    "endpoint_blind" BLOB GENERATED ALWAYS AS (substr("endpoint", 1, 32)) STORED NOT NULL,
    "p256dh" BLOB NOT NULL,
    "auth" BLOB NOT NULL,
    "renewed_at" TIMESTAMP NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE
);

CREATE TABLE "received_fax" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "event" VARCHAR(64) NOT NULL,
    "provider" VARCHAR(20) NOT NULL,
    "sender" BLOB,
    "received_at" TIMESTAMP NOT NULL,
    "file" CHAR(36) NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "pages" INT NOT NULL,
    "more" INT NOT NULL,
    "reason" BLOB,
    "decided_at" TIMESTAMP,
    "erased_at" TIMESTAMP,
    "complaint_id" BIGINT REFERENCES "complaint" ("id") ON DELETE RESTRICT,
    "decided_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "received_fax_state" CHECK (state IN ('arrived', 'waiting', 'unreadable', 'filed', 'set_aside') AND (state = 'filed') = (complaint_id IS NOT NULL) AND (state IN ('filed', 'set_aside')) = (decided_at IS NOT NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL) AND pages >= 0)
);

CREATE TABLE "recovery_code" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "code_hash" BLOB NOT NULL,
    "used_at" TIMESTAMP,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE
);

CREATE TABLE "role_grant" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "role" VARCHAR(12) NOT NULL,
    "granted_at" TIMESTAMP NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE,
    "granted_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "role_grant_role" CHECK (role IN ('complaints', 'handler', 'team_head', 'head', 'examiner', 'cashier', 'audit', 'informatics', 'privacy', 'admin'))
);

CREATE TABLE "search_entry" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(40) NOT NULL,
    "ref" BIGINT NOT NULL,
    "text" TEXT NOT NULL
);

CREATE TABLE "second_step" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "bound_to" BLOB NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE
);

CREATE TABLE "session" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "token_hash" BLOB NOT NULL,
    "device" VARCHAR(40) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "seen_at" TIMESTAMP NOT NULL,
    "confirmed_at" TIMESTAMP NOT NULL,
    "idle_ends_at" TIMESTAMP NOT NULL,
    "ends_at" TIMESTAMP NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE,
    CONSTRAINT "session_ends" CHECK (created_at < ends_at)
);

CREATE TABLE "substitute" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "first_day" DATE NOT NULL,
    "last_day" DATE NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "absent_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE,
    "created_by_id" BIGINT REFERENCES "account" ("id") ON DELETE RESTRICT,
    "substitute_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE,
    CONSTRAINT "substitute_days" CHECK (first_day <= last_day),
    CONSTRAINT "substitute_other" CHECK (absent_id <> substitute_id)
);

CREATE TABLE "throttle" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "kind" VARCHAR(8) NOT NULL,
    "key" BLOB NOT NULL,
    "tries" INT NOT NULL,
    "blocked_until" TIMESTAMP NOT NULL,
    "forget_at" TIMESTAMP NOT NULL,
    CONSTRAINT "throttle_tries" CHECK (tries >= 0)
);

CREATE TABLE "timer_lease" (
    "name" VARCHAR(100) PRIMARY KEY NOT NULL,
    "next_at" TIMESTAMP NOT NULL,
    "lease_token" VARCHAR(80),
    "leased_until" TIMESTAMP,
    "last_at" TIMESTAMP,
    "last_error" VARCHAR(300)
);

CREATE TABLE "verification_code" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "identity_hash" BLOB NOT NULL,
    "code_hash" BLOB NOT NULL,
    "issued_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    "tries" INT NOT NULL,
    "state" VARCHAR(8) NOT NULL,
    "account_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE CASCADE,
    "issued_by_id" BIGINT NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
    CONSTRAINT "verification_code_state" CHECK (state IN ('open', 'used', 'spent', 'replaced')),
    CONSTRAINT "verification_code_tries" CHECK (tries >= 0)
);

CREATE UNIQUE INDEX "uq_account_login_id_index" ON "account" ("login_id_index");

CREATE INDEX "ix_account_phone_index" ON "account" ("phone_index");

CREATE UNIQUE INDEX "uq_account_passkey_handle" ON "account" ("passkey_handle");

CREATE UNIQUE INDEX "uq_account_person_id" ON "account" ("person_id");

CREATE UNIQUE INDEX "addressbook_contact_once" ON "addressbook_contact" ("account_id", "number_index");

CREATE UNIQUE INDEX "addressbook_group_once" ON "addressbook_group" ("account_id", "name_index");

CREATE UNIQUE INDEX "addressbook_member_once" ON "addressbook_member" ("contact_id", "group_id");

CREATE INDEX "addressbook_member_group" ON "addressbook_member" ("group_id");

CREATE UNIQUE INDEX "uq_api_key_hash" ON "api_key" ("hash");

CREATE UNIQUE INDEX "uq_audit_entry_sequence" ON "audit_entry" ("sequence");

CREATE UNIQUE INDEX "audit_entry_unsealed" ON "audit_entry" ("id") WHERE sequence IS NULL;

CREATE INDEX "audit_entry_subject" ON "audit_entry" ("subject", "id");

CREATE INDEX "audit_entry_actor" ON "audit_entry" ("actor_id", "id");

CREATE UNIQUE INDEX "uq_audit_head_sequence" ON "audit_head" ("sequence");

CREATE UNIQUE INDEX "uq_authenticator_account_id" ON "authenticator" ("account_id");

CREATE UNIQUE INDEX "uq_budget_line_year" ON "budget_line" ("year");

CREATE UNIQUE INDEX "uq_budget_warning_year_line_share" ON "budget_warning" ("year", "line", "share");

CREATE UNIQUE INDEX "uq_complaint_number" ON "complaint" ("number");

CREATE INDEX "complaint_of_applicant" ON "complaint" ("applicant_id", "id");

CREATE INDEX "complaint_by_state" ON "complaint" ("state", "accept_by");

CREATE INDEX "complaint_by_due" ON "complaint" ("open", "due_at");

CREATE INDEX "complaint_of_handler" ON "complaint" ("handler_id", "open", "due_at");

CREATE INDEX "complaint_of_department" ON "complaint" ("department_id", "open", "due_at");

CREATE INDEX "complaint_by_told" ON "complaint" ("open", "told_at");

CREATE INDEX "complaint_phone" ON "complaint" ("phone_blind");

CREATE INDEX "complaint_email" ON "complaint" ("email_blind");

CREATE INDEX "complaint_counted" ON "complaint" ("filed_at", "department_id", "kind_id", "state", "due_at", "ended_at");

CREATE INDEX "complaint_admonition_applicant" ON "complaint_admonition" ("applicant");

CREATE INDEX "complaint_admonition_of" ON "complaint_admonition" ("complaint_id");

CREATE UNIQUE INDEX "uq_complaint_answer_complaint_id" ON "complaint_answer" ("complaint_id");

CREATE INDEX "complaint_approval_of" ON "complaint_approval" ("draft_id", "id");

CREATE INDEX "complaint_cooperation_of" ON "complaint_cooperation" ("complaint_id", "open");

CREATE INDEX "complaint_cooperation_due" ON "complaint_cooperation" ("department_id", "open", "reply_by");

CREATE UNIQUE INDEX "uq_complaint_correction_complaint_id_number" ON "complaint_correction" ("complaint_id", "number");

CREATE INDEX "complaint_correction_open" ON "complaint_correction" ("answered_at", "id");

CREATE INDEX "complaint_draft_of" ON "complaint_draft" ("complaint_id", "state");

CREATE INDEX "complaint_draft_by_state" ON "complaint_draft" ("state", "id");

CREATE UNIQUE INDEX "uq_complaint_enclosure_key" ON "complaint_enclosure" ("key");

CREATE INDEX "complaint_enclosure_of" ON "complaint_enclosure" ("complaint_id");

CREATE INDEX "complaint_extension_of" ON "complaint_extension" ("complaint_id", "id");

CREATE INDEX "complaint_filing_limit_of" ON "complaint_filing_limit" ("applicant", "until");

CREATE INDEX "complaint_filing_limit_until" ON "complaint_filing_limit" ("until");

CREATE INDEX "complaint_fix_of_department" ON "complaint_fix" ("department_id", "id");

CREATE UNIQUE INDEX "uq_complaint_fix_case_fix_id_complaint_id" ON "complaint_fix_case" ("fix_id", "complaint_id");

CREATE INDEX "complaint_fix_case_of" ON "complaint_fix_case" ("complaint_id");

CREATE INDEX "complaint_insult_of" ON "complaint_insult" ("complaint_id");

CREATE UNIQUE INDEX "uq_complaint_kind_slug" ON "complaint_kind" ("slug");

CREATE UNIQUE INDEX "uq_complaint_kind_version_kind_id_number" ON "complaint_kind_version" ("kind_id", "number");

CREATE INDEX "complaint_kind_version_since" ON "complaint_kind_version" ("kind_id", "since");

CREATE INDEX "complaint_letter_waiting" ON "complaint_letter" ("printed_at", "id");

CREATE UNIQUE INDEX "uq_complaint_me_too_complaint_id_account_id" ON "complaint_me_too" ("complaint_id", "account_id");

CREATE INDEX "complaint_me_too_of" ON "complaint_me_too" ("account_id", "id");

CREATE INDEX "complaint_memo_of" ON "complaint_memo" ("complaint_id", "id");

CREATE INDEX "complaint_mend_of" ON "complaint_mend" ("complaint_id", "id");

CREATE INDEX "complaint_merged_leader" ON "complaint_merged" ("leader_id");

CREATE UNIQUE INDEX "uq_complaint_objection_complaint_id" ON "complaint_objection" ("complaint_id");

CREATE INDEX "complaint_objection_due" ON "complaint_objection" ("reminded", "due_at");

CREATE INDEX "complaint_pause_of" ON "complaint_pause" ("complaint_id", "ground");

CREATE INDEX "complaint_pause_open" ON "complaint_pause" ("ground", "ends", "until");

CREATE UNIQUE INDEX "uq_complaint_photo_key" ON "complaint_photo" ("key");

CREATE UNIQUE INDEX "uq_complaint_photo_complaint_id_number" ON "complaint_photo" ("complaint_id", "number");

CREATE INDEX "complaint_photo_staged" ON "complaint_photo" ("complaint_id", "created_at");

CREATE UNIQUE INDEX "uq_complaint_place_word_word_complaint_id" ON "complaint_place_word" ("word", "complaint_id");

CREATE INDEX "complaint_principal_person" ON "complaint_principal" ("person");

CREATE INDEX "complaint_principal_phone" ON "complaint_principal" ("phone_blind");

CREATE INDEX "complaint_principal_letters" ON "complaint_principal" ("tell_by", "posted_at");

CREATE UNIQUE INDEX "uq_complaint_rehandling_former_id" ON "complaint_rehandling" ("former_id");

CREATE UNIQUE INDEX "uq_complaint_reopening_complaint_id" ON "complaint_reopening" ("complaint_id");

CREATE INDEX "complaint_reopening_open" ON "complaint_reopening" ("state", "id");

CREATE UNIQUE INDEX "uq_complaint_representative_complaint_id_number" ON "complaint_representative" ("complaint_id", "number");

CREATE INDEX "ix_complaint_ruling_complaint_id_id" ON "complaint_ruling" ("complaint_id", "id");

CREATE INDEX "complaint_satisfaction_at" ON "complaint_satisfaction" ("rated_at");

CREATE UNIQUE INDEX "uq_complaint_signature_complaint_id_who" ON "complaint_signature" ("complaint_id", "who");

CREATE INDEX "complaint_sketch_applicant" ON "complaint_sketch" ("applicant", "complaint_id");

CREATE UNIQUE INDEX "uq_complaint_step_complaint_id_version" ON "complaint_step" ("complaint_id", "version");

CREATE UNIQUE INDEX "uq_complaint_stock_phrase_department_id_title" ON "complaint_stock_phrase" ("department_id", "title");

CREATE INDEX "ix_complaint_supplement_complaint_id" ON "complaint_supplement" ("complaint_id");

CREATE UNIQUE INDEX "uq_complaint_topic_slug" ON "complaint_topic" ("slug");

CREATE UNIQUE INDEX "uq_complaint_topic_version_topic_id_number" ON "complaint_topic_version" ("topic_id", "number");

CREATE INDEX "complaint_topic_version_since" ON "complaint_topic_version" ("topic_id", "since");

CREATE UNIQUE INDEX "uq_consent_account_id_document_version" ON "consent" ("account_id", "document", "version");

CREATE UNIQUE INDEX "uq_department_slug" ON "department" ("slug");

CREATE UNIQUE INDEX "uq_department_name" ON "department" ("name");

CREATE UNIQUE INDEX "uq_document_code" ON "document" ("code");

CREATE UNIQUE INDEX "document_once" ON "document" ("number", "content");

CREATE INDEX "document_of" ON "document" ("number", "id");

CREATE UNIQUE INDEX "examiner_reminder_once" ON "examiner_reminder" ("complaint_id", "ordinal");

CREATE INDEX "examiner_reminder_of_department" ON "examiner_reminder" ("department_id", "id");

CREATE UNIQUE INDEX "uq_examiner_review_month" ON "examiner_review" ("month");

CREATE UNIQUE INDEX "uq_existing_member_account_hash" ON "existing_member" ("account_hash");

CREATE UNIQUE INDEX "uq_existing_member_identity_hash" ON "existing_member" ("identity_hash");

CREATE INDEX "ix_existing_member_brought_in_id" ON "existing_member" ("brought_in_id");

CREATE INDEX "fairuse_code_expires" ON "fairuse_code" ("expires_at");

CREATE UNIQUE INDEX "fairuse_count_once" ON "fairuse_count" ("subject", "period");

CREATE INDEX "fairuse_count_period" ON "fairuse_count" ("period");

CREATE UNIQUE INDEX "fairuse_sender_account" ON "fairuse_sender" ("account_id") WHERE state IN ('proven', 'registered');

CREATE UNIQUE INDEX "fairuse_sender_number" ON "fairuse_sender" ("number_index") WHERE state IN ('proven', 'registered');

CREATE INDEX "fairuse_sender_state" ON "fairuse_sender" ("state", "proven_at");

CREATE UNIQUE INDEX "fairuse_stop_one" ON "fairuse_stop" ("what") WHERE resumed_at IS NULL;

CREATE UNIQUE INDEX "fairuse_suppression_once" ON "fairuse_suppression" ("number_hash") WHERE removed_at IS NULL;

CREATE UNIQUE INDEX "uq_figure_scope_key" ON "figure" ("scope", "key");

CREATE INDEX "figure_in_order" ON "figure" ("scope", "position");

CREATE INDEX "follow_of" ON "follow" ("account_id", "id");

CREATE INDEX "follow_topic" ON "follow" ("topic_id");

CREATE UNIQUE INDEX "uq_follow_mark_mark_follow_id" ON "follow_mark" ("mark", "follow_id");

CREATE UNIQUE INDEX "uq_follow_news_account_id_complaint_id" ON "follow_news" ("account_id", "complaint_id");

CREATE INDEX "follow_news_waiting" ON "follow_news" ("told", "at");

CREATE UNIQUE INDEX "form_use_once" ON "form_use" ("actor_key", "route", "key");

CREATE INDEX "form_use_created" ON "form_use" ("created_at");

CREATE UNIQUE INDEX "uq_guardian_consent_account_id" ON "guardian_consent" ("account_id");

CREATE UNIQUE INDEX "uq_holiday_declared_day" ON "holiday_declared" ("day");

CREATE INDEX "message_account" ON "message" ("account_id", "created_at");

CREATE INDEX "message_day" ON "message" ("person_id", "kind", "confirmed_at");

CREATE INDEX "message_stage" ON "message" ("stage", "created_at");

CREATE INDEX "message_about" ON "message" ("about");

CREATE UNIQUE INDEX "message_answers_once" ON "message_answers" ("provider", "begins_at");

CREATE UNIQUE INDEX "uq_message_delivery_order_id" ON "message_delivery" ("order_id");

CREATE INDEX "message_delivery_message" ON "message_delivery" ("message_id", "recipient", "part");

CREATE INDEX "message_delivery_reference" ON "message_delivery" ("provider", "reference");

CREATE INDEX "message_delivery_deadline" ON "message_delivery" ("state", "deadline_at");

CREATE INDEX "message_delivery_cost" ON "message_delivery" ("ended_at");

CREATE INDEX "message_fax_file_message" ON "message_fax_file" ("message_id", "place");

CREATE INDEX "message_fax_file_created" ON "message_fax_file" ("created_at");

CREATE INDEX "message_left_out_message" ON "message_left_out" ("message_id");

CREATE UNIQUE INDEX "message_receipt_once" ON "message_receipt" ("provider", "event_id");

CREATE INDEX "message_receipt_reference" ON "message_receipt" ("provider", "reference");

CREATE INDEX "message_receipt_order" ON "message_receipt" ("order_id");

CREATE INDEX "message_receipt_waiting" ON "message_receipt" ("applied_at", "id");

CREATE UNIQUE INDEX "uq_message_review_message_id" ON "message_review" ("message_id");

CREATE INDEX "message_review_until" ON "message_review" ("decision", "until");

CREATE INDEX "message_sheet_created" ON "message_sheet" ("created_at");

CREATE INDEX "mileage_correction_by_state" ON "mileage_correction" ("state", "id");

CREATE UNIQUE INDEX "uq_mileage_transfer_key" ON "mileage_transfer" ("key");

CREATE INDEX "mileage_transfer_person" ON "mileage_transfer" ("person_id", "id");

CREATE UNIQUE INDEX "uq_mileage_waiting_account_id_rule_once_key" ON "mileage_waiting" ("account_id", "rule", "once_key");

CREATE INDEX "ix_notification_created_at" ON "notification" ("created_at");

CREATE INDEX "ix_notification_account_id_read_at" ON "notification" ("account_id", "read_at");

CREATE INDEX "ix_notification_account_id_id" ON "notification" ("account_id", "id");

CREATE INDEX "ix_notification_link" ON "notification" ("link");

CREATE UNIQUE INDEX "uq_notification_ladder_account_id" ON "notification_ladder" ("account_id");

CREATE UNIQUE INDEX "uq_notification_reach_sms_order" ON "notification_reach" ("sms_order");

CREATE UNIQUE INDEX "uq_notification_reach_notification_id" ON "notification_reach" ("notification_id");

CREATE INDEX "notification_reach_of" ON "notification_reach" ("account_id");

CREATE INDEX "outage_began" ON "outage" ("began_at");

CREATE UNIQUE INDEX "outbox_job_once" ON "outbox_job" ("topic", "handler", "key");

CREATE INDEX "outbox_job_due" ON "outbox_job" ("due_at") WHERE state = 'waiting';

CREATE INDEX "outbox_job_ended" ON "outbox_job" ("state", "ended_at");

CREATE UNIQUE INDEX "uq_passkey_credential_id" ON "passkey" ("credential_id");

CREATE INDEX "ix_passkey_account_id" ON "passkey" ("account_id");

CREATE UNIQUE INDEX "uq_passkey_challenge_challenge_hash" ON "passkey_challenge" ("challenge_hash");

CREATE INDEX "ix_passkey_challenge_expires_at" ON "passkey_challenge" ("expires_at");

CREATE UNIQUE INDEX "uq_payment_charge_reference" ON "payment_charge" ("reference");

CREATE UNIQUE INDEX "uq_payment_charge_subject" ON "payment_charge" ("subject");

CREATE INDEX "payment_charge_by_state" ON "payment_charge" ("state", "lapse_at");

CREATE UNIQUE INDEX "uq_payment_deposit_digest" ON "payment_deposit" ("digest");

CREATE UNIQUE INDEX "uq_payment_deposit_met_digest" ON "payment_deposit" ("met_digest");

CREATE INDEX "payment_deposit_left" ON "payment_deposit" ("left_won", "id");

CREATE INDEX "payment_movement_deposit" ON "payment_movement" ("deposit_id", "id");

CREATE INDEX "payment_movement_charge" ON "payment_movement" ("charge_id", "id");

CREATE INDEX "payment_refund_by_state" ON "payment_refund" ("state", "id");

CREATE UNIQUE INDEX "uq_payment_shape_header" ON "payment_shape" ("header");

CREATE UNIQUE INDEX "uq_person_identity_hash" ON "person" ("identity_hash");

CREATE UNIQUE INDEX "uq_publication_number" ON "publication" ("number");

CREATE INDEX "publication_by_filing" ON "publication" ("filed_at", "complaint_id");

CREATE INDEX "publication_by_department" ON "publication" ("department_id", "complaint_id");

CREATE INDEX "publication_by_topic" ON "publication" ("topic_id", "complaint_id");

CREATE INDEX "publication_by_stage" ON "publication" ("stage", "complaint_id");

CREATE INDEX "publication_by_both" ON "publication" ("topic_id", "stage", "complaint_id");

CREATE INDEX "publication_by_position" ON "publication" ("latitude", "longitude");

CREATE UNIQUE INDEX "uq_push_silence_account_id_topic" ON "push_silence" ("account_id", "topic");

CREATE INDEX "ix_push_subscription_session_number" ON "push_subscription" ("session_number");

CREATE UNIQUE INDEX "uq_push_subscription_endpoint_blind" ON "push_subscription" ("endpoint_blind");

CREATE INDEX "ix_push_subscription_renewed_at" ON "push_subscription" ("renewed_at");

CREATE UNIQUE INDEX "uq_received_fax_event" ON "received_fax" ("event");

CREATE UNIQUE INDEX "uq_received_fax_file" ON "received_fax" ("file");

CREATE INDEX "received_fax_waiting" ON "received_fax" ("state", "received_at");

CREATE INDEX "received_fax_to_erase" ON "received_fax" ("erased_at", "decided_at");

CREATE UNIQUE INDEX "uq_recovery_code_code_hash" ON "recovery_code" ("code_hash");

CREATE INDEX "ix_recovery_code_account_id" ON "recovery_code" ("account_id");

CREATE UNIQUE INDEX "uq_role_grant_account_id_role" ON "role_grant" ("account_id", "role");

CREATE UNIQUE INDEX "search_entry_once" ON "search_entry" ("kind", "ref");

CREATE UNIQUE INDEX "uq_second_step_bound_to" ON "second_step" ("bound_to");

CREATE INDEX "ix_second_step_expires_at" ON "second_step" ("expires_at");

CREATE INDEX "ix_second_step_account_id" ON "second_step" ("account_id");

CREATE UNIQUE INDEX "uq_session_token_hash" ON "session" ("token_hash");

CREATE INDEX "ix_session_idle_ends_at" ON "session" ("idle_ends_at");

CREATE INDEX "ix_substitute_substitute_id_last_day" ON "substitute" ("substitute_id", "last_day");

CREATE INDEX "ix_substitute_absent_id_last_day" ON "substitute" ("absent_id", "last_day");

CREATE INDEX "ix_throttle_forget_at" ON "throttle" ("forget_at");

CREATE UNIQUE INDEX "uq_throttle_kind_key" ON "throttle" ("kind", "key");

CREATE INDEX "ix_verification_code_account_id_state" ON "verification_code" ("account_id", "state");

CREATE VIRTUAL TABLE search_gram USING fts5(grams, content='', columnsize=0, prefix='1', tokenize='ascii');

CREATE TRIGGER mileage_transfer_corrects AFTER INSERT ON mileage_transfer
    WHEN 'issued' IN (NEW.debit, NEW.credit)
    BEGIN
      UPDATE mileage_balance SET available = NEW.available_after
      WHERE person_id = NEW.person_id AND available = NEW.available_after
        + NEW.points * ((NEW.debit = 'available') - (NEW.credit = 'available'));
      SELECT RAISE(ABORT, 'mileage_balance_after') WHERE changes() <> 1;
    END;

CREATE TRIGGER mileage_transfer_holds AFTER INSERT ON mileage_transfer
    WHEN NEW.credit = 'held'
    BEGIN
      UPDATE mileage_balance SET available = NEW.available_after, held = held + NEW.points
      WHERE person_id = NEW.person_id AND available = NEW.available_after + NEW.points;
      SELECT RAISE(ABORT, 'mileage_balance_after') WHERE changes() <> 1;
      INSERT INTO mileage_hold (id, person_id, open_points, open_won, spent_points)
        VALUES (NEW.id, NEW.person_id, NEW.points, NEW.won, 0);
      UPDATE budget_line SET left_won = left_won - NEW.won WHERE id = NEW.line_id;
      SELECT RAISE(ABORT, 'budget_line_unknown') WHERE changes() <> 1;
    END;

CREATE TRIGGER mileage_transfer_captures AFTER INSERT ON mileage_transfer
    WHEN NEW.credit = 'spent'
    BEGIN
      UPDATE mileage_balance SET held = held - NEW.points
      WHERE person_id = NEW.person_id AND available = NEW.available_after;
      SELECT RAISE(ABORT, 'mileage_balance_after') WHERE changes() <> 1;
      UPDATE mileage_hold SET open_points = open_points - NEW.points,
        open_won = open_won - NEW.won, spent_points = spent_points + NEW.points
      WHERE id = NEW.hold_id AND person_id = NEW.person_id;
      SELECT RAISE(ABORT, 'mileage_hold_unknown') WHERE changes() <> 1;
    END;

CREATE TRIGGER mileage_transfer_releases AFTER INSERT ON mileage_transfer
    WHEN NEW.debit = 'held' AND NEW.credit = 'available'
    BEGIN
      UPDATE mileage_balance SET available = NEW.available_after, held = held - NEW.points
      WHERE person_id = NEW.person_id AND available = NEW.available_after - NEW.points;
      SELECT RAISE(ABORT, 'mileage_balance_after') WHERE changes() <> 1;
      UPDATE mileage_hold SET open_points = open_points - NEW.points,
        open_won = open_won - NEW.won
      WHERE id = NEW.hold_id AND person_id = NEW.person_id;
      SELECT RAISE(ABORT, 'mileage_hold_unknown') WHERE changes() <> 1;
      UPDATE budget_line SET left_won = left_won + NEW.won WHERE id = NEW.line_id;
      SELECT RAISE(ABORT, 'budget_line_unknown') WHERE changes() <> 1;
    END;

CREATE TRIGGER mileage_transfer_grants AFTER INSERT ON mileage_transfer
    WHEN NEW.person_id IS NULL
    BEGIN
      UPDATE budget_line SET
        left_won = left_won + NEW.won * ((NEW.credit = 'line') - (NEW.debit = 'line'))
      WHERE id = NEW.line_id;
      SELECT RAISE(ABORT, 'budget_line_unknown') WHERE changes() <> 1;
    END;

CREATE TRIGGER mileage_transfer_stays BEFORE UPDATE ON mileage_transfer
    BEGIN
      SELECT RAISE(ABORT, 'mileage_transfer_append_only');
    END;

CREATE TRIGGER mileage_transfer_remains BEFORE DELETE ON mileage_transfer
    BEGIN
      SELECT RAISE(ABORT, 'mileage_transfer_append_only');
    END;

CREATE TRIGGER mileage_transfer_approved BEFORE INSERT ON mileage_transfer
    WHEN NEW.about = 'correction' OR NEW.credit = 'issued'
    BEGIN
      SELECT RAISE(ABORT, 'mileage_correction_unapproved') WHERE NOT EXISTS (
        SELECT 1 FROM mileage_correction c
        WHERE c.state = 'approved' AND NEW.about = 'correction'
          AND NEW.key = 'correction:' || c.id AND c.person_id = NEW.person_id
          AND c.points = CASE NEW.credit WHEN 'available' THEN NEW.points ELSE -NEW.points END);
    END;

CREATE TRIGGER mileage_correction_stays BEFORE UPDATE
    OF id, person_id, account_id, points, proposed_by_id, proposed_at ON mileage_correction
    BEGIN SELECT RAISE(ABORT, 'mileage_correction_stays'); END;

CREATE TRIGGER mileage_correction_decided BEFORE UPDATE
    OF state, decided_by_id, decided_at ON mileage_correction WHEN OLD.state <> 'proposed'
    BEGIN SELECT RAISE(ABORT, 'mileage_correction_stays'); END;

CREATE TRIGGER mileage_correction_remains BEFORE DELETE ON mileage_correction
    BEGIN SELECT RAISE(ABORT, 'mileage_correction_stays'); END;

CREATE INDEX mileage_transfer_line ON mileage_transfer (line_id, at) WHERE line_id IS NOT NULL;

CREATE TRIGGER message_sender_stays BEFORE UPDATE OF sender ON message WHEN 
    OLD.stage <> 'draft' AND NEW.sender IS NOT NULL AND (OLD.sender IS NULL
      OR substr(OLD.sender, 1, 32) <> substr(NEW.sender, 1, 32))

        BEGIN SELECT RAISE(ABORT, 'message_sender_stays'); END;

CREATE TRIGGER complaint_kind_version_stays BEFORE UPDATE OF kind_id, number, since, name, name_en, about, about_en, category, period, law, fee_won, fee_note, fee_note_en, department_id, online, identity, enclosures, questions, approvals, public, place, place_en, active, mandate, basis, written_at, written_by_id ON complaint_kind_version
            BEGIN SELECT RAISE(ABORT, 'complaint_kind_version_append_only'); END;

CREATE TRIGGER complaint_kind_version_remains BEFORE DELETE ON complaint_kind_version
            BEGIN SELECT RAISE(ABORT, 'complaint_kind_version_append_only'); END;

CREATE TRIGGER complaint_topic_version_stays BEFORE UPDATE OF topic_id, number, since, name, name_en, hint, hint_en, icon, department_id, kind_id, position, active, basis, written_at, written_by_id ON complaint_topic_version
            BEGIN SELECT RAISE(ABORT, 'complaint_topic_version_append_only'); END;

CREATE TRIGGER complaint_topic_version_remains BEFORE DELETE ON complaint_topic_version
            BEGIN SELECT RAISE(ABORT, 'complaint_topic_version_append_only'); END;

CREATE TRIGGER payment_movement_moves AFTER INSERT ON payment_movement
    BEGIN
      UPDATE payment_deposit SET left_won = left_won - NEW.won WHERE id = NEW.deposit_id;
      SELECT RAISE(ABORT, 'payment_deposit_unknown') WHERE changes() <> 1;
      UPDATE payment_charge SET paid_won = paid_won + NEW.won WHERE id = NEW.charge_id;
      SELECT RAISE(ABORT, 'payment_charge_unknown')
        WHERE NEW.charge_id IS NOT NULL AND changes() <> 1;
    END;

CREATE TRIGGER payment_movement_stays BEFORE UPDATE ON payment_movement
    BEGIN SELECT RAISE(ABORT, 'payment_movement_append_only'); END;

CREATE TRIGGER payment_movement_remains BEFORE DELETE ON payment_movement
    BEGIN SELECT RAISE(ABORT, 'payment_movement_append_only'); END;

CREATE TRIGGER payment_deposit_stays
    BEFORE UPDATE OF id, source, digest, at, won, booked_at ON payment_deposit
    BEGIN SELECT RAISE(ABORT, 'payment_deposit_append_only'); END;

CREATE TRIGGER payment_deposit_remains BEFORE DELETE ON payment_deposit
    BEGIN SELECT RAISE(ABORT, 'payment_deposit_append_only'); END;

