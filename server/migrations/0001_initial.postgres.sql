CREATE TABLE "account" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "kind" VARCHAR(8) NOT NULL,
    "state" VARCHAR(9) NOT NULL,
    "login_id" BYTEA,
    "login_id_index" BYTEA GENERATED ALWAYS AS (substr("login_id", 1, 32)) STORED,
    "password_hash" VARCHAR(200),
    "password_changed_at" TIMESTAMPTZ NOT NULL,
    "must_change_password" BOOL NOT NULL,
    "name" BYTEA,
    "phone" BYTEA,
    "phone_index" BYTEA GENERATED ALWAYS AS (substr("phone", 1, 32)) STORED,
    "email" BYTEA,
    "birth_date" BYTEA,
    "address" BYTEA,
    "passkey_handle" BYTEA,
    "locale" VARCHAR(5) NOT NULL,
    "verified_at" TIMESTAMPTZ,
    "created_at" TIMESTAMPTZ NOT NULL,
    "closed_at" TIMESTAMPTZ,
    "department_id" BIGINT,
    "person_id" BIGINT,
    CONSTRAINT "account_kind" CHECK (kind IN ('resident', 'official')),
    CONSTRAINT "account_state" CHECK (state IN ('active', 'closed', 'withdrawn') AND (state = 'active') = (closed_at IS NULL)),
    CONSTRAINT "account_known_until_withdrawn" CHECK (CASE WHEN state = 'withdrawn' THEN login_id IS NULL AND password_hash IS NULL AND name IS NULL AND phone IS NULL AND email IS NULL AND birth_date IS NULL AND address IS NULL AND person_id IS NULL AND passkey_handle IS NULL ELSE login_id IS NOT NULL AND password_hash IS NOT NULL AND name IS NOT NULL AND (kind = 'official' OR birth_date IS NOT NULL) END),
    CONSTRAINT "account_resident_or_official" CHECK (CASE WHEN kind = 'official' THEN person_id IS NULL AND state <> 'withdrawn' ELSE department_id IS NULL END),
    CONSTRAINT "account_verified" CHECK ((person_id IS NULL) = (verified_at IS NULL))
);

CREATE TABLE "addressbook_contact" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "name" BYTEA NOT NULL,
    "number" BYTEA NOT NULL,
    "number_index" BYTEA GENERATED ALWAYS AS (substr("number", 1, 32)) STORED NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "account_id" BIGINT NOT NULL
);

CREATE TABLE "addressbook_group" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "name" BYTEA NOT NULL,
    "name_index" BYTEA GENERATED ALWAYS AS (substr("name", 1, 32)) STORED NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "account_id" BIGINT NOT NULL
);

CREATE TABLE "addressbook_member" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "contact_id" BIGINT NOT NULL,
    "group_id" BIGINT NOT NULL
);

CREATE TABLE "api_key" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(80) NOT NULL,
    "beginning" VARCHAR(16) NOT NULL,
    "hash" VARCHAR(64) NOT NULL,
    "scopes" VARCHAR(80) NOT NULL,
    "per_hour" INT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "revoked_at" TIMESTAMPTZ,
    "used_count" INT NOT NULL,
    "last_used_at" TIMESTAMPTZ,
    "created_by_id" BIGINT NOT NULL,
    "revoked_by_id" BIGINT,
    CONSTRAINT "api_key_per_hour" CHECK (per_hour BETWEEN 1 AND 10000),
    CONSTRAINT "api_key_revoked" CHECK ((revoked_at IS NULL) = (revoked_by_id IS NULL))
);

CREATE TABLE "audit_entry" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "at" TIMESTAMPTZ NOT NULL,
    "action" VARCHAR(100) NOT NULL,
    "subject" VARCHAR(200) NOT NULL,
    "actor_id" BIGINT,
    "facts" TEXT NOT NULL,
    "mac" BYTEA NOT NULL,
    "sequence" BIGINT,
    "digest" BYTEA
);

CREATE TABLE "audit_head" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "sequence" BIGINT NOT NULL,
    "digest" BYTEA NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "purged" BOOL NOT NULL DEFAULT FALSE,
    "signature" BYTEA NOT NULL
);

CREATE TABLE "authenticator" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "secret" BYTEA NOT NULL,
    "begun_at" TIMESTAMPTZ NOT NULL,
    "confirmed_at" TIMESTAMPTZ,
    "last_step" BIGINT NOT NULL,
    "account_id" BIGINT NOT NULL,
    CONSTRAINT "authenticator_step" CHECK (last_step >= 0)
);

CREATE TABLE "budget_line" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "year" INT NOT NULL,
    "voted_won" BIGINT NOT NULL,
    "left_won" BIGINT NOT NULL,
    CONSTRAINT "budget_line_left" CHECK (left_won >= 0)
);

CREATE TABLE "budget_warning" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "year" INT NOT NULL,
    "line" VARCHAR(200) NOT NULL,
    "share" INT NOT NULL,
    "told_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "budget_warning_share" CHECK (share BETWEEN 1 AND 100)
);

CREATE TABLE "complaint" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "number" VARCHAR(13) NOT NULL,
    "state" VARCHAR(20) NOT NULL,
    "open" BOOL NOT NULL,
    "public" BOOL NOT NULL,
    "title" BYTEA NOT NULL,
    "body" BYTEA NOT NULL,
    "place" BYTEA NOT NULL,
    "position" BYTEA,
    "name" BYTEA NOT NULL,
    "phone" BYTEA,
    "phone_blind" BYTEA GENERATED ALWAYS AS (substr("phone", 1, 32)) STORED,
    "email" BYTEA,
    "email_blind" BYTEA GENERATED ALWAYS AS (substr("email", 1, 32)) STORED,
    "address" BYTEA,
    "fax" BYTEA,
    "reply_by" VARCHAR(6) NOT NULL,
    "photos_count" INT NOT NULL,
    "filed_at" TIMESTAMPTZ NOT NULL,
    "accept_by" TIMESTAMPTZ NOT NULL,
    "accepted_at" TIMESTAMPTZ,
    "due_at" TIMESTAMPTZ,
    "due_by_hour" BOOL NOT NULL,
    "ended_at" TIMESTAMPTZ,
    "warned" VARCHAR(8) NOT NULL,
    "told_at" TIMESTAMPTZ,
    "version" INT NOT NULL,
    "applicant_id" BIGINT,
    "department_id" BIGINT,
    "handler_id" BIGINT,
    "kind_id" BIGINT,
    "topic_id" BIGINT NOT NULL,
    "wanted_kind_id" BIGINT,
    CONSTRAINT "complaint_state" CHECK (state IN ('accepted', 'arrived', 'assigned', 'awaiting_approval', 'awaiting_payment', 'completed', 'cooperation', 'deemed_withdrawn', 'in_progress', 'inquiry', 'lapsed', 'merged', 'supplement', 'transferred', 'withdrawn')),
    CONSTRAINT "complaint_open" CHECK (open = (NOT state IN ('completed', 'deemed_withdrawn', 'lapsed', 'merged', 'transferred', 'withdrawn')) AND open = (ended_at IS NULL)),
    CONSTRAINT "complaint_clock" CHECK ((accepted_at IS NULL) = (due_at IS NULL) AND (accepted_at IS NULL) = (kind_id IS NULL) AND (NOT state IN ('arrived', 'awaiting_payment', 'lapsed') OR accepted_at IS NULL) AND (NOT state IN ('accepted', 'assigned', 'awaiting_approval', 'completed', 'cooperation', 'in_progress', 'inquiry', 'supplement') OR accepted_at IS NOT NULL)),
    CONSTRAINT "complaint_reply" CHECK (reply_by IN ('app', 'sms', 'letter', 'fax') AND (reply_by <> 'fax' OR fax IS NOT NULL)),
    CONSTRAINT "complaint_warned" CHECK (warned IN ('', 'soon', 'overdue')),
    CONSTRAINT "complaint_photos" CHECK (photos_count BETWEEN 0 AND 60)
);

CREATE TABLE "complaint_admonition" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "applicant" BYTEA NOT NULL,
    "text" BYTEA NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "complaint_id" BIGINT NOT NULL,
    "sent_by_id" BIGINT NOT NULL
);

CREATE TABLE "complaint_answer" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "outcome" VARCHAR(12) NOT NULL,
    "text" BYTEA NOT NULL,
    "reasons" BYTEA,
    "remedies" BYTEA,
    "ground" VARCHAR(20),
    "complaint_id" BIGINT NOT NULL,
    CONSTRAINT "complaint_answer_outcome" CHECK (outcome IN ('done', 'not_accepted', 'not_handled', 'partly', 'refused', 'repeated', 'returned')),
    CONSTRAINT "complaint_answer_lawful" CHECK ((outcome NOT IN ('refused', 'not_accepted', 'partly') OR (reasons IS NOT NULL AND remedies IS NOT NULL)) AND (outcome NOT IN ('returned', 'not_handled', 'repeated') OR reasons IS NOT NULL) AND (outcome = 'not_handled') = (ground IS NOT NULL))
);

CREATE TABLE "complaint_approval" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "hat" VARCHAR(10) NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "approved" BOOL NOT NULL,
    "word" BYTEA,
    "approver_id" BIGINT NOT NULL,
    "draft_id" BIGINT NOT NULL,
    CONSTRAINT "complaint_approval_word" CHECK (hat IN ('head', 'team_head') AND (approved OR word IS NOT NULL))
);

CREATE TABLE "complaint_cooperation" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "open" BOOL NOT NULL,
    "asked_at" TIMESTAMPTZ NOT NULL,
    "reply_by" DATE NOT NULL,
    "asked" BYTEA NOT NULL,
    "answered_at" TIMESTAMPTZ,
    "answer" BYTEA,
    "warned" BOOL NOT NULL,
    "answered_by_id" BIGINT,
    "asked_by_id" BIGINT NOT NULL,
    "complaint_id" BIGINT NOT NULL,
    "department_id" BIGINT NOT NULL,
    CONSTRAINT "complaint_cooperation_answer" CHECK ((answered_at IS NULL) = (answer IS NULL) AND (answered_at IS NULL) = (answered_by_id IS NULL) AND (NOT open OR answered_at IS NULL))
);

CREATE TABLE "complaint_correction" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "number" INT NOT NULL,
    "ground" VARCHAR(8) NOT NULL,
    "text" BYTEA NOT NULL,
    "demanded_at" TIMESTAMPTZ NOT NULL,
    "corrected" BOOL,
    "answer" BYTEA,
    "answered_at" TIMESTAMPTZ,
    "answered_by_id" BIGINT,
    "complaint_id" BIGINT NOT NULL,
    CONSTRAINT "complaint_correction_ground" CHECK (ground IN ('late', 'papers', 'withheld')),
    CONSTRAINT "complaint_correction_answer" CHECK ((answered_at IS NULL) = (answer IS NULL) AND (answered_at IS NULL) = (corrected IS NULL) AND (answered_at IS NULL) = (answered_by_id IS NULL))
);

CREATE TABLE "complaint_draft" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "state" VARCHAR(10) NOT NULL,
    "left" VARCHAR(40) NOT NULL,
    "outcome" VARCHAR(12) NOT NULL,
    "text" BYTEA NOT NULL,
    "reasons" BYTEA,
    "remedies" BYTEA,
    "ground" VARCHAR(20),
    "drafted_at" TIMESTAMPTZ NOT NULL,
    "complaint_id" BIGINT NOT NULL,
    "drafted_by_id" BIGINT NOT NULL,
    CONSTRAINT "complaint_draft_outcome" CHECK (outcome IN ('done', 'not_accepted', 'not_handled', 'partly', 'refused', 'repeated', 'returned')),
    CONSTRAINT "complaint_draft_state" CHECK (state IN ('open', 'approved', 'sent_back', 'taken_back', 'dropped') AND (state NOT IN ('open', 'approved') OR (state = 'open') = ("left" <> '')))
);

CREATE TABLE "complaint_enclosure" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "key" UUID NOT NULL,
    "owner" VARCHAR(64) NOT NULL,
    "caption" BYTEA NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "complaint_id" BIGINT NOT NULL,
    "fix_id" BIGINT
);

CREATE TABLE "complaint_extension" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "second" BOOL NOT NULL,
    "cause" VARCHAR(16) NOT NULL,
    "more" INT NOT NULL,
    "until" DATE NOT NULL,
    "text" BYTEA NOT NULL,
    "asked_at" TIMESTAMPTZ NOT NULL,
    "granted" BOOL,
    "decided_at" TIMESTAMPTZ,
    "complaint_id" BIGINT NOT NULL,
    CONSTRAINT "complaint_extension_cause" CHECK (cause IN ('cooperation', 'facts', 'force_majeure', 'likewise') AND more > 0),
    CONSTRAINT "complaint_extension_consent" CHECK ((granted IS NULL) = (decided_at IS NULL) AND (second OR granted IS NOT NULL))
);

CREATE TABLE "complaint_filing_limit" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "applicant" BYTEA NOT NULL,
    "reason" BYTEA NOT NULL,
    "begins" TIMESTAMPTZ NOT NULL,
    "until" TIMESTAMPTZ NOT NULL,
    "lifted_at" TIMESTAMPTZ,
    "complaint_id" BIGINT NOT NULL,
    "lifted_by_id" BIGINT,
    "set_by_id" BIGINT NOT NULL,
    CONSTRAINT "complaint_filing_limit_ends" CHECK (until > begins AND (lifted_at IS NULL) = (lifted_by_id IS NULL))
);

CREATE TABLE "complaint_fix" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "at" TIMESTAMPTZ NOT NULL,
    "phrase" BYTEA NOT NULL,
    "department_id" BIGINT NOT NULL,
    "done_by_id" BIGINT NOT NULL
);

CREATE TABLE "complaint_fix_case" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "complaint_id" BIGINT NOT NULL,
    "fix_id" BIGINT NOT NULL
);

CREATE TABLE "complaint_gathering" (
    "signatures" INT NOT NULL,
    "people" INT NOT NULL,
    "of_many" BOOL NOT NULL,
    "mediated_on" DATE,
    "mediation" BYTEA,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL,
    CONSTRAINT "complaint_gathering_many" CHECK (of_many = (people >= 5) AND signatures >= 0 AND people >= signatures),
    CONSTRAINT "complaint_gathering_mediated" CHECK ((mediated_on IS NULL) = (mediation IS NULL))
);

CREATE TABLE "complaint_guest" (
    "password_hash" VARCHAR(200) NOT NULL,
    "generation" INT NOT NULL,
    "changed_at" TIMESTAMPTZ NOT NULL,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL
);

CREATE TABLE "complaint_insult" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "word" BYTEA NOT NULL,
    "complaint_id" BIGINT NOT NULL
);

CREATE TABLE "complaint_kind" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "slug" VARCHAR(40) NOT NULL,
    "position" INT NOT NULL
);

CREATE TABLE "complaint_kind_version" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "number" INT NOT NULL,
    "since" TIMESTAMPTZ NOT NULL,
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
    "online" BOOL NOT NULL,
    "identity" BOOL NOT NULL,
    "enclosures" TEXT NOT NULL,
    "questions" TEXT NOT NULL,
    "approvals" TEXT,
    "public" BOOL NOT NULL,
    "place" VARCHAR(120) NOT NULL,
    "place_en" VARCHAR(160) NOT NULL,
    "active" BOOL NOT NULL,
    "mandate" VARCHAR(8) NOT NULL,
    "basis" VARCHAR(200) NOT NULL,
    "written_at" TIMESTAMPTZ NOT NULL,
    "taken_back" BOOL NOT NULL,
    "department_id" BIGINT,
    "kind_id" BIGINT NOT NULL,
    "written_by_id" BIGINT,
    CONSTRAINT "complaint_kind_version_fee" CHECK (fee_won >= 0),
    CONSTRAINT "complaint_kind_version_number" CHECK (number >= 1),
    CONSTRAINT "complaint_kind_version_category" CHECK (category IN ('application', 'statute_inquiry', 'procedure_inquiry', 'proposal', 'grievance', 'other')),
    CONSTRAINT "complaint_kind_version_mandate" CHECK (mandate IN ('none', 'allowed', 'required'))
);

CREATE TABLE "complaint_letter" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "kind" VARCHAR(40) NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "printed_at" TIMESTAMPTZ,
    "complaint_id" BIGINT NOT NULL,
    "printed_by_id" BIGINT,
    CONSTRAINT "complaint_letter_printed" CHECK ((printed_at IS NULL) = (printed_by_id IS NULL))
);

CREATE TABLE "complaint_me_too" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "at" TIMESTAMPTZ NOT NULL,
    "account_id" BIGINT NOT NULL,
    "complaint_id" BIGINT NOT NULL
);

CREATE TABLE "complaint_memo" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "at" TIMESTAMPTZ NOT NULL,
    "text" BYTEA NOT NULL,
    "author_id" BIGINT NOT NULL,
    "complaint_id" BIGINT NOT NULL
);

CREATE TABLE "complaint_mend" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "field" VARCHAR(5) NOT NULL,
    "before" BYTEA NOT NULL,
    "text" BYTEA NOT NULL,
    "asked_at" TIMESTAMPTZ NOT NULL,
    "agreed" BOOL,
    "by" VARCHAR(5),
    "decided_at" TIMESTAMPTZ,
    "complaint_id" BIGINT NOT NULL,
    CONSTRAINT "complaint_mend_field" CHECK (field IN ('body', 'place', 'title')),
    CONSTRAINT "complaint_mend_consent" CHECK ((agreed IS NULL) = (decided_at IS NULL) AND (agreed IS NULL) = (by IS NULL) AND (by IS NULL OR by IN ('app', 'phone')))
);

CREATE TABLE "complaint_merged" (
    "leader_version" INT NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "leader_id" BIGINT NOT NULL,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL,
    CONSTRAINT "complaint_merged_other" CHECK (complaint_id <> leader_id)
);

CREATE TABLE "complaint_objection" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "state" VARCHAR(8) NOT NULL,
    "grounds" BYTEA NOT NULL,
    "filed_at" TIMESTAMPTZ NOT NULL,
    "due_at" TIMESTAMPTZ NOT NULL,
    "reminded" BOOL NOT NULL,
    "extension" BYTEA,
    "extended_at" TIMESTAMPTZ,
    "decision" VARCHAR(9),
    "reasons" BYTEA,
    "decided_at" TIMESTAMPTZ,
    "decided_by_id" BIGINT,
    "complaint_id" BIGINT NOT NULL,
    CONSTRAINT "complaint_objection_state" CHECK (state IN ('decided', 'extended', 'filed')),
    CONSTRAINT "complaint_objection_decision" CHECK ((decision IS NULL OR decision IN ('dismissed', 'partly', 'upheld')) AND (state = 'decided') = (decision IS NOT NULL) AND (decision IS NULL) = (reasons IS NULL) AND (decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by_id IS NULL)),
    CONSTRAINT "complaint_objection_extended" CHECK ((extended_at IS NULL) = (extension IS NULL) AND (state <> 'extended' OR extended_at IS NOT NULL) AND (state <> 'filed' OR extended_at IS NULL))
);

CREATE TABLE "complaint_pause" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "ground" VARCHAR(10) NOT NULL,
    "begins" TIMESTAMPTZ NOT NULL,
    "until" DATE NOT NULL,
    "ends" TIMESTAMPTZ,
    "prolonged" BOOL NOT NULL,
    "agency" VARCHAR(60),
    "text" BYTEA NOT NULL,
    "complaint_id" BIGINT NOT NULL,
    CONSTRAINT "complaint_pause_ground" CHECK (ground IN ('documents', 'inquiry') AND (ground = 'documents') = (agency IS NOT NULL) AND (ground = 'inquiry' OR NOT prolonged)),
    CONSTRAINT "complaint_pause_time" CHECK (ends IS NULL OR ends >= begins)
);

CREATE TABLE "complaint_photo" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "key" UUID NOT NULL,
    "owner" VARCHAR(64) NOT NULL,
    "number" INT,
    "step" INT,
    "caption" BYTEA,
    "width" INT NOT NULL,
    "height" INT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "complaint_id" BIGINT,
    CONSTRAINT "complaint_photo_staged" CHECK ((complaint_id IS NULL) = (number IS NULL) AND (complaint_id IS NULL) = (step IS NULL) AND (number IS NULL OR number BETWEEN 1 AND 60))
);

CREATE TABLE "complaint_place_word" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "word" BYTEA NOT NULL,
    "complaint_id" BIGINT NOT NULL
);

CREATE TABLE "complaint_principal" (
    "name" BYTEA NOT NULL,
    "phone" BYTEA,
    "phone_blind" BYTEA GENERATED ALWAYS AS (substr("phone", 1, 32)) STORED,
    "address" BYTEA,
    "person" BYTEA NOT NULL,
    "relation" VARCHAR(10) NOT NULL,
    "consent" VARCHAR(10) NOT NULL,
    "consented_on" DATE NOT NULL,
    "tell_by" VARCHAR(6) NOT NULL,
    "code" BYTEA NOT NULL,
    "mandate" UUID,
    "mandate_at" TIMESTAMPTZ,
    "objected_at" TIMESTAMPTZ,
    "objection" BYTEA,
    "posted_at" TIMESTAMPTZ,
    "review_for" VARCHAR(8) NOT NULL,
    "reviewed_at" TIMESTAMPTZ,
    "posted_by_id" BIGINT,
    "reviewed_by_id" BIGINT,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL,
    CONSTRAINT "complaint_principal_how" CHECK (relation IN ('agent', 'carer', 'family', 'guardian', 'neighbour')),
    CONSTRAINT "complaint_principal_word" CHECK (consent IN ('by_law', 'by_phone', 'in_person', 'in_writing')),
    CONSTRAINT "complaint_principal_told" CHECK (tell_by IN ('letter', 'none', 'sms') AND (tell_by <> 'none' OR relation = 'guardian') AND (tell_by <> 'sms' OR phone IS NOT NULL) AND (tell_by <> 'letter' OR address IS NOT NULL)),
    CONSTRAINT "complaint_principal_review" CHECK (review_for IN ('', 'many', 'objected') AND (reviewed_at IS NULL) = (reviewed_by_id IS NULL) AND (review_for <> '' OR reviewed_at IS NULL) AND (mandate IS NULL) = (mandate_at IS NULL) AND (objection IS NULL OR objected_at IS NOT NULL) AND (posted_at IS NULL) = (posted_by_id IS NULL) AND (tell_by = 'letter' OR posted_at IS NULL))
);

CREATE TABLE "complaint_referral" (
    "at" TIMESTAMPTZ NOT NULL,
    "earlier_id" BIGINT NOT NULL,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL,
    CONSTRAINT "complaint_referral_earlier" CHECK (earlier_id < complaint_id)
);

CREATE TABLE "complaint_rehandling" (
    "cause" VARCHAR(9) NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL,
    "former_id" BIGINT NOT NULL,
    CONSTRAINT "complaint_rehandling_cause" CHECK (cause IN ('objection', 'reopening') AND complaint_id <> former_id)
);

CREATE TABLE "complaint_reopening" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "state" VARCHAR(8) NOT NULL,
    "reason" BYTEA NOT NULL,
    "asked_at" TIMESTAMPTZ NOT NULL,
    "answer" BYTEA,
    "decided_at" TIMESTAMPTZ,
    "decided_by_id" BIGINT,
    "complaint_id" BIGINT NOT NULL,
    CONSTRAINT "complaint_reopening_state" CHECK (state IN ('asked', 'declined', 'granted')),
    CONSTRAINT "complaint_reopening_decision" CHECK ((state = 'asked') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL) AND (state <> 'declined' OR answer IS NOT NULL))
);

CREATE TABLE "complaint_representative" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "number" INT NOT NULL,
    "name" BYTEA NOT NULL,
    "contact" BYTEA NOT NULL,
    "complaint_id" BIGINT NOT NULL,
    CONSTRAINT "complaint_representative_number" CHECK (number BETWEEN 1 AND 3)
);

CREATE TABLE "complaint_ruling" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "at" TIMESTAMPTZ NOT NULL,
    "act" VARCHAR(5) NOT NULL,
    "ground" VARCHAR(20) NOT NULL,
    "reason" BYTEA NOT NULL,
    "words" BYTEA,
    "photos" BOOL NOT NULL,
    "actor_id" BIGINT NOT NULL,
    "complaint_id" BIGINT NOT NULL,
    CONSTRAINT "complaint_ruling_act" CHECK (act IN ('hide', 'show', 'cover') AND (act = 'cover' OR (words IS NULL AND NOT photos)))
);

CREATE TABLE "complaint_satisfaction" (
    "score" INT NOT NULL,
    "word" BYTEA,
    "rated_at" TIMESTAMPTZ NOT NULL,
    "changed_at" TIMESTAMPTZ,
    "department_id" BIGINT,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL,
    CONSTRAINT "complaint_satisfaction_score" CHECK (score BETWEEN 1 AND 5),
    CONSTRAINT "complaint_satisfaction_changed" CHECK (changed_at IS NULL OR changed_at >= rated_at)
);

CREATE TABLE "complaint_signature" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "who" BYTEA NOT NULL,
    "name" BYTEA NOT NULL,
    "contact" BYTEA NOT NULL,
    "complaint_id" BIGINT NOT NULL
);

CREATE TABLE "complaint_sketch" (
    "applicant" BYTEA NOT NULL,
    "sketch" BYTEA NOT NULL,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL
);

CREATE TABLE "complaint_step" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "version" INT NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "action" VARCHAR(30) NOT NULL,
    "facts" TEXT NOT NULL,
    "text" BYTEA,
    "actor_id" BIGINT,
    "complaint_id" BIGINT NOT NULL,
    "department_id" BIGINT
);

CREATE TABLE "complaint_stock_phrase" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "title" VARCHAR(40) NOT NULL,
    "text" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ NOT NULL,
    "changed_by_id" BIGINT NOT NULL,
    "department_id" BIGINT NOT NULL,
    "topic_id" BIGINT
);

CREATE TABLE "complaint_supplement" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "asked_at" TIMESTAMPTZ NOT NULL,
    "until" DATE NOT NULL,
    "asked" BYTEA NOT NULL,
    "given_at" TIMESTAMPTZ,
    "more_time" INT NOT NULL,
    "undelivered_at" TIMESTAMPTZ,
    "complaint_id" BIGINT NOT NULL,
    CONSTRAINT "complaint_supplement_more" CHECK (more_time BETWEEN 0 AND 2)
);

CREATE TABLE "complaint_topic" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "slug" VARCHAR(40) NOT NULL
);

CREATE TABLE "complaint_topic_version" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "number" INT NOT NULL,
    "since" TIMESTAMPTZ NOT NULL,
    "name" VARCHAR(60) NOT NULL,
    "name_en" VARCHAR(100) NOT NULL,
    "hint" VARCHAR(120) NOT NULL,
    "hint_en" VARCHAR(200) NOT NULL,
    "icon" VARCHAR(20) NOT NULL,
    "position" INT NOT NULL,
    "active" BOOL NOT NULL,
    "basis" VARCHAR(200) NOT NULL,
    "written_at" TIMESTAMPTZ NOT NULL,
    "taken_back" BOOL NOT NULL,
    "department_id" BIGINT,
    "kind_id" BIGINT NOT NULL,
    "topic_id" BIGINT NOT NULL,
    "written_by_id" BIGINT,
    CONSTRAINT "complaint_topic_version_number" CHECK (number >= 1)
);

CREATE TABLE "consent" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "document" VARCHAR(16) NOT NULL,
    "version" VARCHAR(16) NOT NULL,
    "given_at" TIMESTAMPTZ NOT NULL,
    "account_id" BIGINT NOT NULL
);

CREATE TABLE "counter" (
    "series" VARCHAR(100) PRIMARY KEY NOT NULL,
    "given" BIGINT NOT NULL
);

CREATE TABLE "demo_district" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "begun_at" TIMESTAMPTZ NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "password_mark" BYTEA
);

CREATE TABLE "department" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "slug" VARCHAR(40) NOT NULL,
    "name" VARCHAR(60) NOT NULL,
    "name_en" VARCHAR(120) NOT NULL,
    "phone" VARCHAR(20) NOT NULL,
    "position" INT NOT NULL,
    "active" BOOL NOT NULL,
    CONSTRAINT "department_named" CHECK (slug <> '' AND name <> '')
);

CREATE TABLE "document" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "code" VARCHAR(16) NOT NULL,
    "kind" VARCHAR(12) NOT NULL,
    "number" VARCHAR(13) NOT NULL,
    "language" VARCHAR(2) NOT NULL,
    "department" VARCHAR(100) NOT NULL,
    "content" VARCHAR(64) NOT NULL,
    "issued_at" TIMESTAMPTZ NOT NULL,
    "file" UUID,
    "sha256" VARCHAR(64),
    CONSTRAINT "document_kind" CHECK (kind IN ('acceptance', 'notice', 'receipt', 'result')),
    CONSTRAINT "document_file" CHECK ((file IS NULL) = (sha256 IS NULL))
);

CREATE TABLE "examiner_reminder" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "number" VARCHAR(13) NOT NULL,
    "ordinal" INT NOT NULL,
    "late_since" TIMESTAMPTZ NOT NULL,
    "text" BYTEA NOT NULL,
    "sent_at" TIMESTAMPTZ NOT NULL,
    "answer" BYTEA,
    "answered_at" TIMESTAMPTZ,
    "answered_by_id" BIGINT,
    "complaint_id" BIGINT NOT NULL,
    "department_id" BIGINT,
    "sent_by_id" BIGINT NOT NULL,
    CONSTRAINT "examiner_reminder_ordinal" CHECK (ordinal > 0),
    CONSTRAINT "examiner_reminder_answer" CHECK ((answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by_id IS NULL))
);

CREATE TABLE "examiner_review" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "month" VARCHAR(7) NOT NULL,
    "figures" TEXT NOT NULL,
    "remarks" BYTEA NOT NULL,
    "closed_at" TIMESTAMPTZ NOT NULL,
    "closed_by_id" BIGINT NOT NULL
);

CREATE TABLE "existing_import" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "brought_at" TIMESTAMPTZ NOT NULL,
    "done_at" TIMESTAMPTZ,
    "new_count" INT NOT NULL,
    "known_count" INT NOT NULL,
    "faulty_count" INT NOT NULL,
    "faults" TEXT NOT NULL,
    "brought_by_id" BIGINT,
    CONSTRAINT "existing_import_counts" CHECK (new_count >= 0 AND known_count >= 0 AND faulty_count >= 0)
);

CREATE TABLE "existing_member" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "account_hash" BYTEA NOT NULL,
    "identity_hash" BYTEA NOT NULL,
    "brought_in_id" BIGINT NOT NULL
);

CREATE TABLE "fairuse_code" (
    "id" UUID PRIMARY KEY NOT NULL,
    "purpose" VARCHAR(7) NOT NULL,
    "number" BYTEA NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "issued_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "tries" INT NOT NULL,
    "state" VARCHAR(5) NOT NULL,
    "account_id" BIGINT,
    CONSTRAINT "fairuse_code_purpose" CHECK (purpose IN ('sender', 'opt_out', 'opt_in') AND (purpose = 'sender') = (account_id IS NOT NULL)),
    CONSTRAINT "fairuse_code_state" CHECK (state IN ('open', 'used', 'spent') AND tries >= 0)
);

CREATE TABLE "fairuse_count" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "subject" VARCHAR(90) NOT NULL,
    "period" VARCHAR(10) NOT NULL,
    "units" INT NOT NULL,
    "most" INT NOT NULL,
    CONSTRAINT "fairuse_count_most" CHECK (units >= 0 AND units <= most)
);

CREATE TABLE "fairuse_sender" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "number" BYTEA,
    "number_index" BYTEA GENERATED ALWAYS AS (substr("number", 1, 32)) STORED,
    "proof" VARCHAR(4) NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "chosen" BOOL NOT NULL,
    "checked_by_id" BIGINT,
    "proven_at" TIMESTAMPTZ NOT NULL,
    "decided_at" TIMESTAMPTZ,
    "decided_by_id" BIGINT,
    "reason" BYTEA,
    "ended_at" TIMESTAMPTZ,
    "account_id" BIGINT NOT NULL,
    CONSTRAINT "fairuse_sender_state_known" CHECK (state IN ('proven', 'registered', 'refused', 'ended') AND (state IN ('proven', 'registered')) = (number IS NOT NULL) AND (state IN ('proven', 'registered')) = (ended_at IS NULL)),
    CONSTRAINT "fairuse_sender_proof" CHECK (proof IN ('code', 'desk') AND (proof = 'desk') = (checked_by_id IS NOT NULL)),
    CONSTRAINT "fairuse_sender_decided" CHECK ((decided_at IS NULL) = (decided_by_id IS NULL) AND (state <> 'proven' OR decided_at IS NULL) AND (state NOT IN ('registered', 'refused') OR decided_at IS NOT NULL) AND (state <> 'refused' OR reason IS NOT NULL))
);

CREATE TABLE "fairuse_stop" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "what" VARCHAR(3) NOT NULL,
    "reason" VARCHAR(200) NOT NULL,
    "stopped_at" TIMESTAMPTZ NOT NULL,
    "stopped_by_id" BIGINT,
    "resumed_at" TIMESTAMPTZ,
    "resumed_by_id" BIGINT,
    CONSTRAINT "fairuse_stop_what" CHECK (what = 'all' AND reason <> ''),
    CONSTRAINT "fairuse_stop_resumed" CHECK ((resumed_at IS NULL OR resumed_at >= stopped_at) AND (resumed_by_id IS NULL OR resumed_at IS NOT NULL))
);

CREATE TABLE "fairuse_suppression" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "number_hash" BYTEA NOT NULL,
    "way" VARCHAR(7) NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "added_by_id" BIGINT,
    "removed_at" TIMESTAMPTZ,
    "removed_by_id" BIGINT,
    "reason" BYTEA,
    CONSTRAINT "fairuse_suppression_way" CHECK (way IN ('page', 'keyword', 'desk') AND (way = 'desk') = (added_by_id IS NOT NULL)),
    CONSTRAINT "fairuse_suppression_removed" CHECK (removed_at IS NOT NULL OR removed_by_id IS NULL),
    CONSTRAINT "fairuse_suppression_reason" CHECK (removed_by_id IS NULL OR reason IS NOT NULL)
);

CREATE TABLE "figure" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "scope" VARCHAR(10) NOT NULL,
    "position" INT NOT NULL,
    "key" VARCHAR(20) NOT NULL,
    "filed" INT,
    "in_time" INT,
    "halves" INT,
    "counted_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "figure_scope" CHECK (scope IN ('all', 'month', 'department', 'kind'))
);

CREATE TABLE "follow" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "place" BYTEA,
    "position" BYTEA,
    "radius_m" INT,
    "daily" BOOL NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "account_id" BIGINT NOT NULL,
    "topic_id" BIGINT,
    CONSTRAINT "follow_one_thing" CHECK ((topic_id IS NULL) <> (place IS NULL) AND (position IS NULL) = (radius_m IS NULL) AND (place IS NOT NULL OR position IS NULL) AND (radius_m IS NULL OR radius_m BETWEEN 100 AND 2000))
);

CREATE TABLE "follow_mark" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "mark" BYTEA NOT NULL,
    "follow_id" BIGINT NOT NULL
);

CREATE TABLE "follow_news" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "at" TIMESTAMPTZ NOT NULL,
    "told" BOOL NOT NULL,
    "account_id" BIGINT NOT NULL,
    "complaint_id" BIGINT NOT NULL
);

CREATE TABLE "form_use" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "actor_key" VARCHAR(64) NOT NULL,
    "route" VARCHAR(100) NOT NULL,
    "key" UUID NOT NULL,
    "digest" BYTEA NOT NULL,
    "answer" TEXT,
    "created_at" TIMESTAMPTZ NOT NULL
);

CREATE TABLE "guardian_consent" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "guardian_name" BYTEA NOT NULL,
    "guardian_phone" BYTEA NOT NULL,
    "version" VARCHAR(16) NOT NULL,
    "given_at" TIMESTAMPTZ NOT NULL,
    "account_id" BIGINT NOT NULL
);

CREATE TABLE "holiday_declared" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "day" DATE NOT NULL,
    "name" VARCHAR(60) NOT NULL,
    "name_en" VARCHAR(60) NOT NULL,
    "reason" VARCHAR(300) NOT NULL,
    "declared_at" TIMESTAMPTZ NOT NULL,
    "declared_by_id" BIGINT NOT NULL
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
    "id" UUID PRIMARY KEY NOT NULL,
    "person_id" BIGINT,
    "paid_by" VARCHAR(6) NOT NULL,
    "about" VARCHAR(60),
    "notice" VARCHAR(40),
    "kind" VARCHAR(3) NOT NULL,
    "stage" VARCHAR(9) NOT NULL,
    "held_for" VARCHAR(40),
    "scheduled_at" TIMESTAMPTZ,
    "sender" BYTEA,
    "sender_index" BYTEA GENERATED ALWAYS AS (substr("sender", 1, 32)) STORED,
    "body" BYTEA,
    "parts" BYTEA,
    "sheet_id" UUID,
    "recipients" INT NOT NULL,
    "units" INT NOT NULL,
    "units_each" INT,
    "abroad" BOOL NOT NULL,
    "filled" BOOL NOT NULL,
    "unit_points" INT NOT NULL,
    "unit_won" INT NOT NULL,
    "open_count" INT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "confirmed_at" TIMESTAMPTZ,
    "ended_at" TIMESTAMPTZ,
    "erased_at" TIMESTAMPTZ,
    "account_id" BIGINT,
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
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "provider" VARCHAR(40) NOT NULL,
    "begins_at" TIMESTAMPTZ NOT NULL,
    "taken" INT NOT NULL,
    "refused" INT NOT NULL,
    "unclear" INT NOT NULL,
    "answer_ms" BIGINT NOT NULL,
    CONSTRAINT "message_answers_counts" CHECK (taken >= 0 AND refused >= 0 AND unclear >= 0 AND answer_ms >= 0)
);

CREATE TABLE "message_delivery" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "kind" VARCHAR(3) NOT NULL,
    "recipient" INT NOT NULL,
    "part" INT NOT NULL,
    "number" BYTEA,
    "text" BYTEA,
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
    "sending_at" TIMESTAMPTZ,
    "accepted_at" TIMESTAMPTZ,
    "ended_at" TIMESTAMPTZ,
    "deadline_at" TIMESTAMPTZ,
    "delivered_late_at" TIMESTAMPTZ,
    "message_id" UUID NOT NULL,
    CONSTRAINT "message_delivery_state" CHECK (state IN ('draft', 'queued', 'sending', 'unknown', 'accepted', 'delivered', 'failed', 'expired', 'cancelled')),
    CONSTRAINT "message_delivery_charged" CHECK (units > 0 AND (charged IS NULL OR charged BETWEEN 0 AND units)),
    CONSTRAINT "message_delivery_ended" CHECK (state NOT IN ('delivered', 'failed', 'expired') OR charged IS NOT NULL)
);

CREATE TABLE "message_fax" (
    "cover" BOOL NOT NULL,
    "addressee" BYTEA,
    "contact" BYTEA,
    "exposed" VARCHAR(200) NOT NULL,
    "acknowledged_at" TIMESTAMPTZ,
    "message_id" UUID PRIMARY KEY NOT NULL
);

CREATE TABLE "message_fax_file" (
    "id" UUID PRIMARY KEY NOT NULL,
    "place" INT NOT NULL,
    "name" BYTEA NOT NULL,
    "pages" INT NOT NULL,
    "exposed" VARCHAR(200) NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "account_id" BIGINT NOT NULL,
    "message_id" UUID,
    CONSTRAINT "message_fax_file_pages" CHECK (pages > 0)
);

CREATE TABLE "message_left_out" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "number" BYTEA,
    "message_id" UUID NOT NULL
);

CREATE TABLE "message_pace" (
    "provider" VARCHAR(40) PRIMARY KEY NOT NULL,
    "next_at" BIGINT NOT NULL,
    "rests_until" BIGINT NOT NULL,
    "troubles" INT NOT NULL,
    "taken_at" TIMESTAMPTZ,
    "trouble_at" TIMESTAMPTZ,
    "trouble" VARCHAR(60) NOT NULL,
    CONSTRAINT "message_pace_troubles" CHECK (troubles >= 0)
);

CREATE TABLE "message_receipt" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "provider" VARCHAR(40) NOT NULL,
    "event_id" VARCHAR(200) NOT NULL,
    "order_id" VARCHAR(64),
    "reference" VARCHAR(120),
    "status" VARCHAR(9) NOT NULL,
    "delivered_units" INT,
    "reason" VARCHAR(60) NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "received_at" TIMESTAMPTZ NOT NULL,
    "applied_at" TIMESTAMPTZ
);

CREATE TABLE "message_review" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "grounds" VARCHAR(40) NOT NULL,
    "held_at" TIMESTAMPTZ NOT NULL,
    "until" TIMESTAMPTZ NOT NULL,
    "decision" VARCHAR(9),
    "decided_at" TIMESTAMPTZ,
    "decided_by_id" BIGINT,
    "reason" BYTEA,
    "message_id" UUID NOT NULL,
    CONSTRAINT "message_review_grounds" CHECK (grounds <> '' AND held_at < until),
    CONSTRAINT "message_review_decided" CHECK ((decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL OR decision IN ('released', 'refused', 'expired', 'withdrawn'))),
    CONSTRAINT "message_review_by" CHECK (CASE WHEN decision IN ('released', 'refused') THEN decided_by_id IS NOT NULL ELSE decided_by_id IS NULL END),
    CONSTRAINT "message_review_reason" CHECK ((reason IS NOT NULL) = (decision = 'refused'))
);

CREATE TABLE "message_sheet" (
    "id" UUID PRIMARY KEY NOT NULL,
    "name" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "account_id" BIGINT NOT NULL
);

CREATE TABLE "mileage_balance" (
    "available" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,
    "person_id" BIGINT PRIMARY KEY NOT NULL,
    CONSTRAINT "mileage_balance_available" CHECK (available >= 0),
    CONSTRAINT "mileage_balance_held" CHECK (held >= 0)
);

CREATE TABLE "mileage_correction" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "points" BIGINT NOT NULL,
    "reason" BYTEA NOT NULL,
    "state" VARCHAR(8) NOT NULL,
    "proposed_at" TIMESTAMPTZ NOT NULL,
    "decided_at" TIMESTAMPTZ,
    "account_id" BIGINT NOT NULL,
    "decided_by_id" BIGINT,
    "person_id" BIGINT NOT NULL,
    "proposed_by_id" BIGINT NOT NULL,
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
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
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
    "at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "mileage_transfer_accounts" CHECK (debit || '>' || credit IN ('issued>available', 'available>issued', 'available>held', 'held>spent', 'held>available', 'source>line', 'line>source')),
    CONSTRAINT "mileage_transfer_amounts" CHECK (won >= 0 AND units >= 0 AND CASE WHEN person_id IS NULL THEN points = 0 AND won > 0 AND line_id IS NOT NULL AND available_after IS NULL ELSE points > 0 AND available_after IS NOT NULL END),
    CONSTRAINT "mileage_transfer_owner" CHECK ((person_id IS NULL) = (debit IN ('source', 'line'))),
    CONSTRAINT "mileage_transfer_hold" CHECK ((hold_id IS NOT NULL) = (debit = 'held') AND (line_id IS NULL) = (debit = 'issued' OR credit = 'issued') AND (line_id IS NOT NULL OR won = 0))
);

CREATE TABLE "mileage_waiting" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "rule" VARCHAR(16) NOT NULL,
    "once_key" VARCHAR(64) NOT NULL,
    "earned_at" TIMESTAMPTZ NOT NULL,
    "settled_at" TIMESTAMPTZ,
    "account_id" BIGINT NOT NULL
);

CREATE TABLE "notification" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "kind" VARCHAR(40) NOT NULL,
    "params" VARCHAR(400) NOT NULL,
    "link" VARCHAR(200) NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "read_at" TIMESTAMPTZ,
    "account_id" BIGINT NOT NULL
);

CREATE TABLE "notification_ladder" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "way" VARCHAR(4) NOT NULL,
    "fax" BYTEA,
    "chosen_at" TIMESTAMPTZ NOT NULL,
    "account_id" BIGINT NOT NULL,
    CONSTRAINT "notification_ladder_way" CHECK (way IN ('sms', 'desk'))
);

CREATE TABLE "notification_reach" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "about" VARCHAR(60) NOT NULL,
    "devices" VARCHAR(240) NOT NULL,
    "rung" VARCHAR(8) NOT NULL,
    "why" VARCHAR(10) NOT NULL,
    "why_desk" VARCHAR(10) NOT NULL,
    "handed_at" TIMESTAMPTZ,
    "sms_order" UUID,
    "texted_at" TIMESTAMPTZ,
    "text" VARCHAR(7) NOT NULL,
    "since" TIMESTAMPTZ NOT NULL,
    "account_id" BIGINT NOT NULL,
    "notification_id" BIGINT NOT NULL,
    CONSTRAINT "notification_reach_rung" CHECK (rung IN ('push', 'sms', 'to_desk', 'at_desk', 'reached', 'needless', 'nowhere') AND (rung <> 'sms' OR sms_order IS NOT NULL) AND (sms_order IS NULL) = (texted_at IS NULL)),
    CONSTRAINT "notification_reach_text" CHECK (text IN ('', 'arrived', 'lost') AND (text = '' OR sms_order IS NOT NULL))
);

CREATE TABLE "outage" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "system" VARCHAR(12) NOT NULL,
    "began_at" TIMESTAMPTZ NOT NULL,
    "ended_at" TIMESTAMPTZ,
    "words" VARCHAR(500) NOT NULL,
    "words_en" VARCHAR(500) NOT NULL,
    "ways" VARCHAR(500) NOT NULL,
    "ways_en" VARCHAR(500) NOT NULL,
    "opened_at" TIMESTAMPTZ NOT NULL,
    "ended_by_id" BIGINT,
    "opened_by_id" BIGINT NOT NULL,
    CONSTRAINT "outage_system" CHECK (system IN ('all', 'filing', 'handling', 'payment', 'notices')),
    CONSTRAINT "outage_course" CHECK ((ended_at IS NULL) = (ended_by_id IS NULL) AND (ended_at IS NULL OR ended_at > began_at))
);

CREATE TABLE "outbox_job" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "topic" VARCHAR(100) NOT NULL,
    "handler" VARCHAR(100) NOT NULL,
    "key" VARCHAR(200),
    "payload" TEXT NOT NULL,
    "state" VARCHAR(10) NOT NULL DEFAULT 'waiting',
    "attempt" INT NOT NULL DEFAULT 0,
    "failures" INT NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ NOT NULL,
    "lease_token" VARCHAR(80),
    "reason" VARCHAR(300),
    "created_at" TIMESTAMPTZ NOT NULL,
    "ended_at" TIMESTAMPTZ,
    CONSTRAINT "outbox_job_state_known" CHECK (state IN ('waiting', 'done', 'dead'))
);

CREATE TABLE "passkey" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "credential_id" BYTEA NOT NULL,
    "public_key" BYTEA NOT NULL,
    "sign_count" BIGINT NOT NULL,
    "transports" VARCHAR(80) NOT NULL,
    "name" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "used_at" TIMESTAMPTZ,
    "account_id" BIGINT NOT NULL,
    CONSTRAINT "passkey_counted" CHECK (sign_count >= 0)
);

CREATE TABLE "passkey_challenge" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "challenge_hash" BYTEA NOT NULL,
    "purpose" VARCHAR(8) NOT NULL,
    "bound_to" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "passkey_challenge_purpose" CHECK (purpose IN ('add', 'log_in', 'confirm'))
);

CREATE TABLE "password_history" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "password_hash" VARCHAR(200) NOT NULL,
    "replaced_at" TIMESTAMPTZ NOT NULL,
    "account_id" BIGINT NOT NULL
);

CREATE TABLE "payment_charge" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "reference" VARCHAR(7) NOT NULL,
    "subject" VARCHAR(60) NOT NULL,
    "label" VARCHAR(40) NOT NULL,
    "page" VARCHAR(200) NOT NULL,
    "won" BIGINT NOT NULL,
    "paid_won" BIGINT NOT NULL,
    "state" VARCHAR(9) NOT NULL,
    "made_at" TIMESTAMPTZ NOT NULL,
    "pay_by" DATE NOT NULL,
    "lapse_at" TIMESTAMPTZ NOT NULL,
    "ended_at" TIMESTAMPTZ,
    "account_id" BIGINT,
    CONSTRAINT "payment_charge_won" CHECK (won > 0),
    CONSTRAINT "payment_charge_paid" CHECK (paid_won BETWEEN 0 AND won),
    CONSTRAINT "payment_charge_state" CHECK (state IN ('awaiting', 'confirmed', 'lapsed', 'cancelled') AND (state = 'awaiting') = (ended_at IS NULL) AND (state <> 'confirmed' OR paid_won = won))
);

CREATE TABLE "payment_deposit" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "source" VARCHAR(4) NOT NULL,
    "digest" BYTEA NOT NULL,
    "met_digest" BYTEA,
    "at" TIMESTAMPTZ NOT NULL,
    "won" BIGINT NOT NULL,
    "left_won" BIGINT NOT NULL,
    "payer" BYTEA NOT NULL,
    "memo" BYTEA NOT NULL,
    "booked_at" TIMESTAMPTZ NOT NULL,
    "booked_by_id" BIGINT NOT NULL,
    CONSTRAINT "payment_deposit_source" CHECK (source IN ('bank', 'desk', 'seen')),
    CONSTRAINT "payment_deposit_met" CHECK (met_digest IS NULL OR source = 'seen'),
    CONSTRAINT "payment_deposit_won" CHECK (won > 0),
    CONSTRAINT "payment_deposit_bounds" CHECK (left_won BETWEEN 0 AND won)
);

CREATE TABLE "payment_movement" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "won" BIGINT NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    "actor_id" BIGINT,
    "why" BYTEA,
    "charge_id" BIGINT,
    "deposit_id" BIGINT NOT NULL,
    "refund_id" BIGINT,
    CONSTRAINT "payment_movement_won" CHECK (won <> 0),
    CONSTRAINT "payment_movement_one_end" CHECK ((charge_id IS NULL) <> (refund_id IS NULL))
);

CREATE TABLE "payment_refund" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "won" BIGINT NOT NULL,
    "to" BYTEA NOT NULL,
    "state" VARCHAR(7) NOT NULL,
    "asked_at" TIMESTAMPTZ NOT NULL,
    "decided_at" TIMESTAMPTZ,
    "asked_by_id" BIGINT NOT NULL,
    "decided_by_id" BIGINT,
    "deposit_id" BIGINT NOT NULL,
    CONSTRAINT "payment_refund_won" CHECK (won > 0),
    CONSTRAINT "payment_refund_state" CHECK (state IN ('asked', 'paid', 'refused') AND (state = 'asked') = (decided_by_id IS NULL) AND (state = 'asked') = (decided_at IS NULL)),
    CONSTRAINT "payment_refund_two_persons" CHECK (decided_by_id IS NULL OR decided_by_id <> asked_by_id)
);

CREATE TABLE "payment_shape" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "header" BYTEA NOT NULL,
    "columns" TEXT NOT NULL
);

CREATE TABLE "payment_statement" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "uploaded_at" TIMESTAMPTZ NOT NULL,
    "text" BYTEA,
    "booked_at" TIMESTAMPTZ,
    "deposits_count" INT NOT NULL,
    "known_count" INT NOT NULL,
    "uploaded_by_id" BIGINT NOT NULL,
    CONSTRAINT "payment_statement_text" CHECK ((text IS NULL) = (booked_at IS NOT NULL))
);

CREATE TABLE "person" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "identity_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL
);

CREATE TABLE "publication" (
    "number" VARCHAR(13) NOT NULL,
    "title" VARCHAR(100) NOT NULL,
    "body" TEXT NOT NULL,
    "place" VARCHAR(200) NOT NULL,
    "latitude" DOUBLE PRECISION,
    "longitude" DOUBLE PRECISION,
    "stage" VARCHAR(10) NOT NULL,
    "photos_count" INT NOT NULL,
    "filed_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL,
    "due_at" TIMESTAMPTZ,
    "department_id" BIGINT,
    "topic_id" BIGINT NOT NULL,
    "complaint_id" BIGINT PRIMARY KEY NOT NULL,
    CONSTRAINT "publication_stage" CHECK (stage IN ('received', 'handling', 'completed'))
);

CREATE TABLE "push_silence" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "topic" VARCHAR(20) NOT NULL,
    "account_id" BIGINT NOT NULL
);

CREATE TABLE "push_subscription" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "session_number" BIGINT NOT NULL,
    "endpoint" BYTEA NOT NULL,
    "endpoint_blind" BYTEA GENERATED ALWAYS AS (substr("endpoint", 1, 32)) STORED NOT NULL,
    "p256dh" BYTEA NOT NULL,
    "auth" BYTEA NOT NULL,
    "renewed_at" TIMESTAMPTZ NOT NULL,
    "account_id" BIGINT NOT NULL
);

CREATE TABLE "received_fax" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "event" VARCHAR(64) NOT NULL,
    "provider" VARCHAR(20) NOT NULL,
    "sender" BYTEA,
    "received_at" TIMESTAMPTZ NOT NULL,
    "file" UUID NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "pages" INT NOT NULL,
    "more" BOOL NOT NULL,
    "reason" BYTEA,
    "decided_at" TIMESTAMPTZ,
    "erased_at" TIMESTAMPTZ,
    "complaint_id" BIGINT,
    "decided_by_id" BIGINT,
    CONSTRAINT "received_fax_state" CHECK (state IN ('arrived', 'waiting', 'unreadable', 'filed', 'set_aside') AND (state = 'filed') = (complaint_id IS NOT NULL) AND (state IN ('filed', 'set_aside')) = (decided_at IS NOT NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL) AND pages >= 0)
);

CREATE TABLE "recovery_code" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "code_hash" BYTEA NOT NULL,
    "used_at" TIMESTAMPTZ,
    "account_id" BIGINT NOT NULL
);

CREATE TABLE "role_grant" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "role" VARCHAR(12) NOT NULL,
    "granted_at" TIMESTAMPTZ NOT NULL,
    "account_id" BIGINT NOT NULL,
    "granted_by_id" BIGINT,
    CONSTRAINT "role_grant_role" CHECK (role IN ('complaints', 'handler', 'team_head', 'head', 'examiner', 'cashier', 'audit', 'informatics', 'privacy', 'admin'))
);

CREATE TABLE "search_entry" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "kind" VARCHAR(40) NOT NULL,
    "ref" BIGINT NOT NULL,
    "text" TEXT NOT NULL
);

CREATE TABLE "second_step" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "bound_to" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "account_id" BIGINT NOT NULL
);

CREATE TABLE "session" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "token_hash" BYTEA NOT NULL,
    "device" VARCHAR(40) NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "seen_at" TIMESTAMPTZ NOT NULL,
    "confirmed_at" TIMESTAMPTZ NOT NULL,
    "idle_ends_at" TIMESTAMPTZ NOT NULL,
    "ends_at" TIMESTAMPTZ NOT NULL,
    "account_id" BIGINT NOT NULL,
    CONSTRAINT "session_ends" CHECK (created_at < ends_at)
);

CREATE TABLE "substitute" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "first_day" DATE NOT NULL,
    "last_day" DATE NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "absent_id" BIGINT NOT NULL,
    "created_by_id" BIGINT,
    "substitute_id" BIGINT NOT NULL,
    CONSTRAINT "substitute_days" CHECK (first_day <= last_day),
    CONSTRAINT "substitute_other" CHECK (absent_id <> substitute_id)
);

CREATE TABLE "throttle" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "kind" VARCHAR(8) NOT NULL,
    "key" BYTEA NOT NULL,
    "tries" INT NOT NULL,
    "blocked_until" TIMESTAMPTZ NOT NULL,
    "forget_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "throttle_tries" CHECK (tries >= 0)
);

CREATE TABLE "timer_lease" (
    "name" VARCHAR(100) PRIMARY KEY NOT NULL,
    "next_at" TIMESTAMPTZ NOT NULL,
    "lease_token" VARCHAR(80),
    "leased_until" TIMESTAMPTZ,
    "last_at" TIMESTAMPTZ,
    "last_error" VARCHAR(300)
);

CREATE TABLE "verification_code" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "identity_hash" BYTEA NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "issued_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "tries" INT NOT NULL,
    "state" VARCHAR(8) NOT NULL,
    "account_id" BIGINT NOT NULL,
    "issued_by_id" BIGINT NOT NULL,
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

ALTER TABLE "account" ADD CONSTRAINT "fk_account_department_id" FOREIGN KEY ("department_id") REFERENCES "department" ("id") ON DELETE RESTRICT;

ALTER TABLE "account" ADD CONSTRAINT "fk_account_person_id" FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE RESTRICT;

ALTER TABLE "addressbook_contact" ADD CONSTRAINT "fk_addressbook_contact_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "addressbook_group" ADD CONSTRAINT "fk_addressbook_group_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "addressbook_member" ADD CONSTRAINT "fk_addressbook_member_contact_id" FOREIGN KEY ("contact_id") REFERENCES "addressbook_contact" ("id") ON DELETE CASCADE;

ALTER TABLE "addressbook_member" ADD CONSTRAINT "fk_addressbook_member_group_id" FOREIGN KEY ("group_id") REFERENCES "addressbook_group" ("id") ON DELETE CASCADE;

ALTER TABLE "api_key" ADD CONSTRAINT "fk_api_key_created_by_id" FOREIGN KEY ("created_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "api_key" ADD CONSTRAINT "fk_api_key_revoked_by_id" FOREIGN KEY ("revoked_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "authenticator" ADD CONSTRAINT "fk_authenticator_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint" ADD CONSTRAINT "fk_complaint_applicant_id" FOREIGN KEY ("applicant_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint" ADD CONSTRAINT "fk_complaint_department_id" FOREIGN KEY ("department_id") REFERENCES "department" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint" ADD CONSTRAINT "fk_complaint_handler_id" FOREIGN KEY ("handler_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint" ADD CONSTRAINT "fk_complaint_kind_id" FOREIGN KEY ("kind_id") REFERENCES "complaint_kind" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint" ADD CONSTRAINT "fk_complaint_topic_id" FOREIGN KEY ("topic_id") REFERENCES "complaint_topic" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint" ADD CONSTRAINT "fk_complaint_wanted_kind_id" FOREIGN KEY ("wanted_kind_id") REFERENCES "complaint_kind" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_admonition" ADD CONSTRAINT "fk_complaint_admonition_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_admonition" ADD CONSTRAINT "fk_complaint_admonition_sent_by_id" FOREIGN KEY ("sent_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_answer" ADD CONSTRAINT "fk_complaint_answer_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_approval" ADD CONSTRAINT "fk_complaint_approval_approver_id" FOREIGN KEY ("approver_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_approval" ADD CONSTRAINT "fk_complaint_approval_draft_id" FOREIGN KEY ("draft_id") REFERENCES "complaint_draft" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_cooperation" ADD CONSTRAINT "fk_complaint_cooperation_answered_by_id" FOREIGN KEY ("answered_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_cooperation" ADD CONSTRAINT "fk_complaint_cooperation_asked_by_id" FOREIGN KEY ("asked_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_cooperation" ADD CONSTRAINT "fk_complaint_cooperation_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_cooperation" ADD CONSTRAINT "fk_complaint_cooperation_department_id" FOREIGN KEY ("department_id") REFERENCES "department" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_correction" ADD CONSTRAINT "fk_complaint_correction_answered_by_id" FOREIGN KEY ("answered_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_correction" ADD CONSTRAINT "fk_complaint_correction_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_draft" ADD CONSTRAINT "fk_complaint_draft_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_draft" ADD CONSTRAINT "fk_complaint_draft_drafted_by_id" FOREIGN KEY ("drafted_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_enclosure" ADD CONSTRAINT "fk_complaint_enclosure_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_enclosure" ADD CONSTRAINT "fk_complaint_enclosure_fix_id" FOREIGN KEY ("fix_id") REFERENCES "complaint_fix" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_extension" ADD CONSTRAINT "fk_complaint_extension_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_filing_limit" ADD CONSTRAINT "fk_complaint_filing_limit_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_filing_limit" ADD CONSTRAINT "fk_complaint_filing_limit_lifted_by_id" FOREIGN KEY ("lifted_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_filing_limit" ADD CONSTRAINT "fk_complaint_filing_limit_set_by_id" FOREIGN KEY ("set_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_fix" ADD CONSTRAINT "fk_complaint_fix_department_id" FOREIGN KEY ("department_id") REFERENCES "department" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_fix" ADD CONSTRAINT "fk_complaint_fix_done_by_id" FOREIGN KEY ("done_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_fix_case" ADD CONSTRAINT "fk_complaint_fix_case_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_fix_case" ADD CONSTRAINT "fk_complaint_fix_case_fix_id" FOREIGN KEY ("fix_id") REFERENCES "complaint_fix" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_gathering" ADD CONSTRAINT "fk_complaint_gathering_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_guest" ADD CONSTRAINT "fk_complaint_guest_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_insult" ADD CONSTRAINT "fk_complaint_insult_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_kind_version" ADD CONSTRAINT "fk_complaint_kind_version_department_id" FOREIGN KEY ("department_id") REFERENCES "department" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_kind_version" ADD CONSTRAINT "fk_complaint_kind_version_kind_id" FOREIGN KEY ("kind_id") REFERENCES "complaint_kind" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_kind_version" ADD CONSTRAINT "fk_complaint_kind_version_written_by_id" FOREIGN KEY ("written_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_letter" ADD CONSTRAINT "fk_complaint_letter_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_letter" ADD CONSTRAINT "fk_complaint_letter_printed_by_id" FOREIGN KEY ("printed_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_me_too" ADD CONSTRAINT "fk_complaint_me_too_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_me_too" ADD CONSTRAINT "fk_complaint_me_too_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_memo" ADD CONSTRAINT "fk_complaint_memo_author_id" FOREIGN KEY ("author_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_memo" ADD CONSTRAINT "fk_complaint_memo_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_mend" ADD CONSTRAINT "fk_complaint_mend_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_merged" ADD CONSTRAINT "fk_complaint_merged_leader_id" FOREIGN KEY ("leader_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_merged" ADD CONSTRAINT "fk_complaint_merged_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_objection" ADD CONSTRAINT "fk_complaint_objection_decided_by_id" FOREIGN KEY ("decided_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_objection" ADD CONSTRAINT "fk_complaint_objection_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_pause" ADD CONSTRAINT "fk_complaint_pause_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_photo" ADD CONSTRAINT "fk_complaint_photo_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_place_word" ADD CONSTRAINT "fk_complaint_place_word_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_principal" ADD CONSTRAINT "fk_complaint_principal_posted_by_id" FOREIGN KEY ("posted_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_principal" ADD CONSTRAINT "fk_complaint_principal_reviewed_by_id" FOREIGN KEY ("reviewed_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_principal" ADD CONSTRAINT "fk_complaint_principal_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_referral" ADD CONSTRAINT "fk_complaint_referral_earlier_id" FOREIGN KEY ("earlier_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_referral" ADD CONSTRAINT "fk_complaint_referral_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_rehandling" ADD CONSTRAINT "fk_complaint_rehandling_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_rehandling" ADD CONSTRAINT "fk_complaint_rehandling_former_id" FOREIGN KEY ("former_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_reopening" ADD CONSTRAINT "fk_complaint_reopening_decided_by_id" FOREIGN KEY ("decided_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_reopening" ADD CONSTRAINT "fk_complaint_reopening_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_representative" ADD CONSTRAINT "fk_complaint_representative_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_ruling" ADD CONSTRAINT "fk_complaint_ruling_actor_id" FOREIGN KEY ("actor_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_ruling" ADD CONSTRAINT "fk_complaint_ruling_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_satisfaction" ADD CONSTRAINT "fk_complaint_satisfaction_department_id" FOREIGN KEY ("department_id") REFERENCES "department" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_satisfaction" ADD CONSTRAINT "fk_complaint_satisfaction_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_signature" ADD CONSTRAINT "fk_complaint_signature_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_sketch" ADD CONSTRAINT "fk_complaint_sketch_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_step" ADD CONSTRAINT "fk_complaint_step_actor_id" FOREIGN KEY ("actor_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_step" ADD CONSTRAINT "fk_complaint_step_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_step" ADD CONSTRAINT "fk_complaint_step_department_id" FOREIGN KEY ("department_id") REFERENCES "department" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_stock_phrase" ADD CONSTRAINT "fk_complaint_stock_phrase_changed_by_id" FOREIGN KEY ("changed_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_stock_phrase" ADD CONSTRAINT "fk_complaint_stock_phrase_department_id" FOREIGN KEY ("department_id") REFERENCES "department" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_stock_phrase" ADD CONSTRAINT "fk_complaint_stock_phrase_topic_id" FOREIGN KEY ("topic_id") REFERENCES "complaint_topic" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_supplement" ADD CONSTRAINT "fk_complaint_supplement_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "complaint_topic_version" ADD CONSTRAINT "fk_complaint_topic_version_department_id" FOREIGN KEY ("department_id") REFERENCES "department" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_topic_version" ADD CONSTRAINT "fk_complaint_topic_version_kind_id" FOREIGN KEY ("kind_id") REFERENCES "complaint_kind" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_topic_version" ADD CONSTRAINT "fk_complaint_topic_version_topic_id" FOREIGN KEY ("topic_id") REFERENCES "complaint_topic" ("id") ON DELETE RESTRICT;

ALTER TABLE "complaint_topic_version" ADD CONSTRAINT "fk_complaint_topic_version_written_by_id" FOREIGN KEY ("written_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "consent" ADD CONSTRAINT "fk_consent_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "examiner_reminder" ADD CONSTRAINT "fk_examiner_reminder_answered_by_id" FOREIGN KEY ("answered_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "examiner_reminder" ADD CONSTRAINT "fk_examiner_reminder_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "examiner_reminder" ADD CONSTRAINT "fk_examiner_reminder_department_id" FOREIGN KEY ("department_id") REFERENCES "department" ("id") ON DELETE RESTRICT;

ALTER TABLE "examiner_reminder" ADD CONSTRAINT "fk_examiner_reminder_sent_by_id" FOREIGN KEY ("sent_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "examiner_review" ADD CONSTRAINT "fk_examiner_review_closed_by_id" FOREIGN KEY ("closed_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "existing_import" ADD CONSTRAINT "fk_existing_import_brought_by_id" FOREIGN KEY ("brought_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "existing_member" ADD CONSTRAINT "fk_existing_member_brought_in_id" FOREIGN KEY ("brought_in_id") REFERENCES "existing_import" ("id") ON DELETE CASCADE;

ALTER TABLE "fairuse_code" ADD CONSTRAINT "fk_fairuse_code_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "fairuse_sender" ADD CONSTRAINT "fk_fairuse_sender_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "follow" ADD CONSTRAINT "fk_follow_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "follow" ADD CONSTRAINT "fk_follow_topic_id" FOREIGN KEY ("topic_id") REFERENCES "complaint_topic" ("id") ON DELETE RESTRICT;

ALTER TABLE "follow_mark" ADD CONSTRAINT "fk_follow_mark_follow_id" FOREIGN KEY ("follow_id") REFERENCES "follow" ("id") ON DELETE CASCADE;

ALTER TABLE "follow_news" ADD CONSTRAINT "fk_follow_news_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "follow_news" ADD CONSTRAINT "fk_follow_news_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "guardian_consent" ADD CONSTRAINT "fk_guardian_consent_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "holiday_declared" ADD CONSTRAINT "fk_holiday_declared_declared_by_id" FOREIGN KEY ("declared_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "message" ADD CONSTRAINT "fk_message_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "message_delivery" ADD CONSTRAINT "fk_message_delivery_message_id" FOREIGN KEY ("message_id") REFERENCES "message" ("id") ON DELETE RESTRICT;

ALTER TABLE "message_fax" ADD CONSTRAINT "fk_message_fax_message_id" FOREIGN KEY ("message_id") REFERENCES "message" ("id") ON DELETE RESTRICT;

ALTER TABLE "message_fax_file" ADD CONSTRAINT "fk_message_fax_file_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "message_fax_file" ADD CONSTRAINT "fk_message_fax_file_message_id" FOREIGN KEY ("message_id") REFERENCES "message" ("id") ON DELETE RESTRICT;

ALTER TABLE "message_left_out" ADD CONSTRAINT "fk_message_left_out_message_id" FOREIGN KEY ("message_id") REFERENCES "message" ("id") ON DELETE RESTRICT;

ALTER TABLE "message_review" ADD CONSTRAINT "fk_message_review_message_id" FOREIGN KEY ("message_id") REFERENCES "message" ("id") ON DELETE RESTRICT;

ALTER TABLE "message_sheet" ADD CONSTRAINT "fk_message_sheet_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "mileage_balance" ADD CONSTRAINT "fk_mileage_balance_person_id" FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE RESTRICT;

ALTER TABLE "mileage_correction" ADD CONSTRAINT "fk_mileage_correction_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "mileage_correction" ADD CONSTRAINT "fk_mileage_correction_decided_by_id" FOREIGN KEY ("decided_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "mileage_correction" ADD CONSTRAINT "fk_mileage_correction_person_id" FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE RESTRICT;

ALTER TABLE "mileage_correction" ADD CONSTRAINT "fk_mileage_correction_proposed_by_id" FOREIGN KEY ("proposed_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "mileage_waiting" ADD CONSTRAINT "fk_mileage_waiting_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "notification" ADD CONSTRAINT "fk_notification_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "notification_ladder" ADD CONSTRAINT "fk_notification_ladder_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "notification_reach" ADD CONSTRAINT "fk_notification_reach_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "notification_reach" ADD CONSTRAINT "fk_notification_reach_notification_id" FOREIGN KEY ("notification_id") REFERENCES "notification" ("id") ON DELETE CASCADE;

ALTER TABLE "outage" ADD CONSTRAINT "fk_outage_ended_by_id" FOREIGN KEY ("ended_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "outage" ADD CONSTRAINT "fk_outage_opened_by_id" FOREIGN KEY ("opened_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "passkey" ADD CONSTRAINT "fk_passkey_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "password_history" ADD CONSTRAINT "fk_password_history_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "payment_charge" ADD CONSTRAINT "fk_payment_charge_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "payment_deposit" ADD CONSTRAINT "fk_payment_deposit_booked_by_id" FOREIGN KEY ("booked_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "payment_movement" ADD CONSTRAINT "fk_payment_movement_charge_id" FOREIGN KEY ("charge_id") REFERENCES "payment_charge" ("id") ON DELETE RESTRICT;

ALTER TABLE "payment_movement" ADD CONSTRAINT "fk_payment_movement_deposit_id" FOREIGN KEY ("deposit_id") REFERENCES "payment_deposit" ("id") ON DELETE RESTRICT;

ALTER TABLE "payment_movement" ADD CONSTRAINT "fk_payment_movement_refund_id" FOREIGN KEY ("refund_id") REFERENCES "payment_refund" ("id") ON DELETE RESTRICT;

ALTER TABLE "payment_refund" ADD CONSTRAINT "fk_payment_refund_asked_by_id" FOREIGN KEY ("asked_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "payment_refund" ADD CONSTRAINT "fk_payment_refund_decided_by_id" FOREIGN KEY ("decided_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "payment_refund" ADD CONSTRAINT "fk_payment_refund_deposit_id" FOREIGN KEY ("deposit_id") REFERENCES "payment_deposit" ("id") ON DELETE RESTRICT;

ALTER TABLE "payment_statement" ADD CONSTRAINT "fk_payment_statement_uploaded_by_id" FOREIGN KEY ("uploaded_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "publication" ADD CONSTRAINT "fk_publication_department_id" FOREIGN KEY ("department_id") REFERENCES "department" ("id") ON DELETE RESTRICT;

ALTER TABLE "publication" ADD CONSTRAINT "fk_publication_topic_id" FOREIGN KEY ("topic_id") REFERENCES "complaint_topic" ("id") ON DELETE RESTRICT;

ALTER TABLE "publication" ADD CONSTRAINT "fk_publication_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE CASCADE;

ALTER TABLE "push_silence" ADD CONSTRAINT "fk_push_silence_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "push_subscription" ADD CONSTRAINT "fk_push_subscription_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "received_fax" ADD CONSTRAINT "fk_received_fax_complaint_id" FOREIGN KEY ("complaint_id") REFERENCES "complaint" ("id") ON DELETE RESTRICT;

ALTER TABLE "received_fax" ADD CONSTRAINT "fk_received_fax_decided_by_id" FOREIGN KEY ("decided_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "recovery_code" ADD CONSTRAINT "fk_recovery_code_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "role_grant" ADD CONSTRAINT "fk_role_grant_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "role_grant" ADD CONSTRAINT "fk_role_grant_granted_by_id" FOREIGN KEY ("granted_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "second_step" ADD CONSTRAINT "fk_second_step_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "session" ADD CONSTRAINT "fk_session_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "substitute" ADD CONSTRAINT "fk_substitute_absent_id" FOREIGN KEY ("absent_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "substitute" ADD CONSTRAINT "fk_substitute_created_by_id" FOREIGN KEY ("created_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE "substitute" ADD CONSTRAINT "fk_substitute_substitute_id" FOREIGN KEY ("substitute_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "verification_code" ADD CONSTRAINT "fk_verification_code_account_id" FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE CASCADE;

ALTER TABLE "verification_code" ADD CONSTRAINT "fk_verification_code_issued_by_id" FOREIGN KEY ("issued_by_id") REFERENCES "account" ("id") ON DELETE RESTRICT;

ALTER TABLE search_entry ADD COLUMN grams TEXT[] NOT NULL DEFAULT '{}';

CREATE INDEX search_entry_grams ON search_entry USING gin (grams);

CREATE FUNCTION mileage_transfer_moves() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      after BIGINT;
    BEGIN
      IF NEW.person_id IS NULL THEN
        UPDATE budget_line SET left_won = left_won
          + CASE WHEN NEW.credit = 'line' THEN NEW.won ELSE -NEW.won END
        WHERE id = NEW.line_id;
        IF NOT FOUND THEN
          RAISE integrity_constraint_violation USING MESSAGE = 'budget_line_unknown';
        END IF;
        RETURN NULL;
      END IF;
      UPDATE mileage_balance SET
        available = available + CASE 'available'
          WHEN NEW.credit THEN NEW.points WHEN NEW.debit THEN -NEW.points ELSE 0 END,
        held = held + CASE 'held'
          WHEN NEW.credit THEN NEW.points WHEN NEW.debit THEN -NEW.points ELSE 0 END
      WHERE person_id = NEW.person_id RETURNING available INTO after;
      IF after IS DISTINCT FROM NEW.available_after THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'mileage_balance_after';
      END IF;
      IF NEW.credit = 'held' THEN
        INSERT INTO mileage_hold (id, person_id, open_points, open_won, spent_points)
          VALUES (NEW.id, NEW.person_id, NEW.points, NEW.won, 0);
      ELSIF NEW.debit = 'held' THEN
        UPDATE mileage_hold SET
          open_points = open_points - NEW.points,
          open_won = open_won - NEW.won,
          spent_points = spent_points + CASE NEW.credit WHEN 'spent' THEN NEW.points ELSE 0 END
        WHERE id = NEW.hold_id AND person_id = NEW.person_id;
        IF NOT FOUND THEN
          RAISE integrity_constraint_violation USING MESSAGE = 'mileage_hold_unknown';
        END IF;
      END IF;
      IF NEW.won > 0 AND NEW.credit IN ('held', 'available') THEN
        UPDATE budget_line SET left_won = left_won
          + CASE WHEN NEW.credit = 'available' THEN NEW.won ELSE -NEW.won END
        WHERE id = NEW.line_id;
        IF NOT FOUND THEN
          RAISE integrity_constraint_violation USING MESSAGE = 'budget_line_unknown';
        END IF;
      END IF;
      RETURN NULL;
    END $$;

CREATE TRIGGER mileage_transfer_moves AFTER INSERT ON mileage_transfer
    FOR EACH ROW EXECUTE FUNCTION mileage_transfer_moves();

CREATE FUNCTION mileage_transfer_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE integrity_constraint_violation USING MESSAGE = 'mileage_transfer_append_only';
    END $$;

CREATE TRIGGER mileage_transfer_stays
    BEFORE UPDATE OR DELETE OR TRUNCATE ON mileage_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION mileage_transfer_stays();

CREATE FUNCTION mileage_transfer_approved() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NOT EXISTS (
        SELECT 1 FROM mileage_correction c
        WHERE c.state = 'approved' AND NEW.about = 'correction'
          AND NEW.key = 'correction:' || c.id AND c.person_id = NEW.person_id
          AND c.points = CASE NEW.credit WHEN 'available' THEN NEW.points ELSE -NEW.points END
      ) THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'mileage_correction_unapproved';
      END IF;
      RETURN NEW;
    END $$;

CREATE TRIGGER mileage_transfer_approved BEFORE INSERT ON mileage_transfer
    FOR EACH ROW WHEN (NEW.about = 'correction' OR NEW.credit = 'issued')
    EXECUTE FUNCTION mileage_transfer_approved();

CREATE FUNCTION mileage_correction_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE integrity_constraint_violation USING MESSAGE = 'mileage_correction_stays';
    END $$;

CREATE TRIGGER mileage_correction_stays BEFORE UPDATE
    OF id, person_id, account_id, points, proposed_by_id, proposed_at ON mileage_correction
    FOR EACH STATEMENT EXECUTE FUNCTION mileage_correction_stays();

CREATE TRIGGER mileage_correction_decided BEFORE UPDATE
    OF state, decided_by_id, decided_at ON mileage_correction
    FOR EACH ROW WHEN (OLD.state <> 'proposed') EXECUTE FUNCTION mileage_correction_stays();

CREATE TRIGGER mileage_correction_remains BEFORE DELETE OR TRUNCATE ON mileage_correction
    FOR EACH STATEMENT EXECUTE FUNCTION mileage_correction_stays();

CREATE INDEX mileage_transfer_line ON mileage_transfer (line_id, at) WHERE line_id IS NOT NULL;

CREATE FUNCTION message_sender_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE integrity_constraint_violation USING MESSAGE = 'message_sender_stays';
        END $$;

CREATE TRIGGER message_sender_stays BEFORE UPDATE OF sender ON message
        FOR EACH ROW WHEN (
    OLD.stage <> 'draft' AND NEW.sender IS NOT NULL AND (OLD.sender IS NULL
      OR substr(OLD.sender, 1, 32) <> substr(NEW.sender, 1, 32))
) EXECUTE FUNCTION message_sender_stays();

CREATE FUNCTION complaint_kind_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE integrity_constraint_violation USING MESSAGE = 'complaint_kind_version_append_only'; END $$;

CREATE TRIGGER complaint_kind_version_stays BEFORE UPDATE OF kind_id, number, since, name, name_en, about, about_en, category, period, law, fee_won, fee_note, fee_note_en, department_id, online, identity, enclosures, questions, approvals, public, place, place_en, active, mandate, basis, written_at, written_by_id ON complaint_kind_version
            FOR EACH STATEMENT EXECUTE FUNCTION complaint_kind_version_stays();

CREATE TRIGGER complaint_kind_version_remains BEFORE DELETE OR TRUNCATE ON complaint_kind_version
            FOR EACH STATEMENT EXECUTE FUNCTION complaint_kind_version_stays();

CREATE FUNCTION complaint_topic_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE integrity_constraint_violation USING MESSAGE = 'complaint_topic_version_append_only'; END $$;

CREATE TRIGGER complaint_topic_version_stays BEFORE UPDATE OF topic_id, number, since, name, name_en, hint, hint_en, icon, department_id, kind_id, position, active, basis, written_at, written_by_id ON complaint_topic_version
            FOR EACH STATEMENT EXECUTE FUNCTION complaint_topic_version_stays();

CREATE TRIGGER complaint_topic_version_remains BEFORE DELETE OR TRUNCATE ON complaint_topic_version
            FOR EACH STATEMENT EXECUTE FUNCTION complaint_topic_version_stays();

CREATE FUNCTION payment_movement_moves() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE payment_deposit SET left_won = left_won - NEW.won WHERE id = NEW.deposit_id;
      IF NEW.charge_id IS NOT NULL THEN
        UPDATE payment_charge SET paid_won = paid_won + NEW.won WHERE id = NEW.charge_id;
      END IF;
      RETURN NULL;
    END $$;

CREATE TRIGGER payment_movement_moves AFTER INSERT ON payment_movement
    FOR EACH ROW EXECUTE FUNCTION payment_movement_moves();

CREATE FUNCTION payment_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE integrity_constraint_violation USING MESSAGE = TG_TABLE_NAME || '_append_only';
    END $$;

CREATE TRIGGER payment_movement_stays
    BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_movement
    FOR EACH STATEMENT EXECUTE FUNCTION payment_append_only();

CREATE TRIGGER payment_deposit_stays
    BEFORE UPDATE OF id, source, digest, at, won, booked_at ON payment_deposit
    FOR EACH STATEMENT EXECUTE FUNCTION payment_append_only();

CREATE TRIGGER payment_deposit_remains
    BEFORE DELETE OR TRUNCATE ON payment_deposit
    FOR EACH STATEMENT EXECUTE FUNCTION payment_append_only();

