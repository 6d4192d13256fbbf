-- When it was handed in and where it came from; which part of the suite judged each question.

ALTER TABLE attempt ADD COLUMN submitted_at TEXT;  -- ISO 8601, UTC; NULL: not known
ALTER TABLE attempt ADD COLUMN source TEXT;  -- 'canvas', 'moodle', ..., 'regrade'; NULL: a folder or archive
ALTER TABLE question_result ADD COLUMN suite_digest TEXT;  -- over what can change this question's cases
ALTER TABLE question_result ADD COLUMN ran_in INTEGER REFERENCES attempt (id);  -- the attempt whose cases were taken over

-- What staff decide: points, a due time of the student's own, ... A later mark of the same kind, for the same
-- assignment, student and question, takes the place of an earlier one.

CREATE TABLE mark (
    id INTEGER PRIMARY KEY,
    assignment TEXT NOT NULL,
    student_id TEXT NOT NULL REFERENCES student (id),
    kind TEXT NOT NULL,
    question_id TEXT NOT NULL,  -- '': the whole assignment
    value TEXT NOT NULL CHECK (json_valid(value)),
    who TEXT NOT NULL,
    why TEXT NOT NULL CHECK (why <> ''),
    made_at TEXT NOT NULL  -- ISO 8601, UTC
) STRICT;

CREATE INDEX mark_by_student ON mark (assignment, student_id);

-- The chain: each link's digest covers the one before and all rows of one attempt or mark.

CREATE TABLE link (
    number INTEGER PRIMARY KEY,  -- from 1, without gaps
    kind TEXT NOT NULL CHECK (kind IN ('attempt', 'mark')),
    row_id INTEGER NOT NULL,
    digest TEXT NOT NULL,  -- SHA-256, hexadecimal
    UNIQUE (kind, row_id)
) STRICT;

-- What can be erased, as the roster can: how platforms call a student, and what was handed in.

CREATE TABLE identity (
    scheme TEXT NOT NULL,  -- 'canvas', 'moodle', 'email', ...
    value TEXT NOT NULL,
    student_id TEXT NOT NULL REFERENCES student (id),
    PRIMARY KEY (scheme, value)
) STRICT;

CREATE INDEX identity_by_student ON identity (student_id);

CREATE TABLE submission (
    digest TEXT PRIMARY KEY NOT NULL,
    content BLOB NOT NULL  -- compressed
) STRICT;

DROP VIEW current_grade;

CREATE VIEW latest_grade AS
SELECT attempt.*
FROM attempt
WHERE attempt.id = (
    SELECT max(latest.id)
    FROM attempt AS latest
    WHERE latest.assignment = attempt.assignment AND latest.student_id = attempt.student_id
);

-- Each submission's latest attempt.
CREATE VIEW candidate_grade AS
SELECT attempt.*
FROM attempt
WHERE attempt.id = (
    SELECT max(latest.id)
    FROM attempt AS latest
    WHERE latest.assignment = attempt.assignment AND latest.student_id = attempt.student_id
        AND latest.submission_digest = attempt.submission_digest
);

CREATE VIEW current_mark AS
SELECT mark.*
FROM mark
WHERE mark.id = (
    SELECT max(latest.id)
    FROM mark AS latest
    WHERE latest.assignment = mark.assignment AND latest.student_id = mark.student_id
        AND latest.kind = mark.kind AND latest.question_id = mark.question_id
);

-- The latest attempt; or, where staff chose a submission, that submission's latest.
CREATE VIEW current_grade AS
SELECT attempt.*
FROM attempt
WHERE attempt.id = coalesce(
    (
        SELECT max(picked.id)
        FROM attempt AS picked
        JOIN current_mark AS choice
            ON choice.assignment = picked.assignment AND choice.student_id = picked.student_id
            AND choice.kind = 'choice' AND json_extract(choice.value, '$.submission') = picked.submission_digest
        WHERE picked.assignment = attempt.assignment AND picked.student_id = attempt.student_id
    ),
    (
        SELECT max(latest.id)
        FROM attempt AS latest
        WHERE latest.assignment = attempt.assignment AND latest.student_id = attempt.student_id
    )
);

CREATE TRIGGER mark_no_update BEFORE UPDATE ON mark
BEGIN SELECT raise(ABORT, 'mark: rows are never changed; make another mark'); END;

CREATE TRIGGER mark_no_delete BEFORE DELETE ON mark
BEGIN SELECT raise(ABORT, 'mark: rows are never deleted; make another mark'); END;

CREATE TRIGGER link_no_update BEFORE UPDATE ON link
BEGIN SELECT raise(ABORT, 'link: rows are never changed'); END;

CREATE TRIGGER link_no_delete BEFORE DELETE ON link
BEGIN SELECT raise(ABORT, 'link: rows are never deleted'); END;
