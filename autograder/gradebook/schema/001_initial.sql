-- Who: a random id stands for a student everywhere; the name stands in the roster alone, where it can be erased.

CREATE TABLE student (
    id TEXT PRIMARY KEY NOT NULL
) STRICT;

CREATE TABLE roster (
    student_id TEXT PRIMARY KEY NOT NULL REFERENCES student (id),
    name TEXT NOT NULL UNIQUE  -- backslashes doubled, characters outside Unicode as \udcff
) STRICT;

-- What: one attempt is one submission judged by one suite; it is the current grade until a later one follows.

CREATE TABLE attempt (
    id INTEGER PRIMARY KEY,
    assignment TEXT NOT NULL,
    student_id TEXT NOT NULL REFERENCES student (id),
    submission_digest TEXT NOT NULL,
    suite_digest TEXT NOT NULL,
    profile TEXT NOT NULL,  -- 'cpu'
    ordinal INTEGER NOT NULL CHECK (ordinal >= 1),  -- which attempt with these digests and this profile
    graded_at TEXT NOT NULL,  -- ISO 8601, UTC
    points REAL NOT NULL,
    open_points REAL NOT NULL,
    max_points REAL NOT NULL,
    settled INTEGER NOT NULL CHECK (settled IN (0, 1)),  -- 0: something waits for staff or another run
    seed TEXT NOT NULL,  -- decimal; NumPy takes seeds of more than 64 bits
    versions TEXT NOT NULL CHECK (json_valid(versions)),
    isolation TEXT NOT NULL CHECK (json_valid(isolation)),
    notes TEXT NOT NULL CHECK (json_valid(notes)),
    seconds REAL NOT NULL,  -- wall clock
    UNIQUE (assignment, student_id, submission_digest, suite_digest, profile, ordinal)
) STRICT;

CREATE INDEX attempt_by_student ON attempt (assignment, student_id);

CREATE TABLE question_result (
    attempt_id INTEGER NOT NULL REFERENCES attempt (id),
    position INTEGER NOT NULL,
    question_id TEXT NOT NULL,
    title TEXT NOT NULL,
    points REAL NOT NULL,
    open_points REAL NOT NULL,
    max_points REAL NOT NULL,
    bonus INTEGER NOT NULL CHECK (bonus IN (0, 1)),
    PRIMARY KEY (attempt_id, position),
    UNIQUE (attempt_id, question_id)
) STRICT;

CREATE TABLE case_result (
    attempt_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    question_id TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    visibility TEXT NOT NULL,
    outcome TEXT NOT NULL,
    weight REAL NOT NULL,
    seconds REAL NOT NULL,
    feedback TEXT NOT NULL CHECK (json_valid(feedback)),
    PRIMARY KEY (attempt_id, position),
    FOREIGN KEY (attempt_id, question_id) REFERENCES question_result (attempt_id, question_id)
) STRICT;

CREATE VIEW current_grade AS
SELECT attempt.*
FROM attempt
WHERE attempt.id = (
    SELECT max(latest.id)
    FROM attempt AS latest
    WHERE latest.assignment = attempt.assignment AND latest.student_id = attempt.student_id
);

-- Rows are added, never changed. INSERT OR REPLACE deletes first, and fires the delete triggers only under
-- `PRAGMA recursive_triggers = ON`, which every connection of the engine sets.

CREATE TRIGGER student_no_update BEFORE UPDATE ON student
BEGIN SELECT raise(ABORT, 'student: rows are never changed'); END;

CREATE TRIGGER student_no_delete BEFORE DELETE ON student
BEGIN SELECT raise(ABORT, 'student: rows are never deleted; erase the name in roster'); END;

CREATE TRIGGER attempt_no_update BEFORE UPDATE ON attempt
BEGIN SELECT raise(ABORT, 'attempt: rows are never changed; record another attempt'); END;

CREATE TRIGGER attempt_no_delete BEFORE DELETE ON attempt
BEGIN SELECT raise(ABORT, 'attempt: rows are never deleted; record another attempt'); END;

CREATE TRIGGER question_result_no_update BEFORE UPDATE ON question_result
BEGIN SELECT raise(ABORT, 'question_result: rows are never changed; record another attempt'); END;

CREATE TRIGGER question_result_no_delete BEFORE DELETE ON question_result
BEGIN SELECT raise(ABORT, 'question_result: rows are never deleted; record another attempt'); END;

CREATE TRIGGER case_result_no_update BEFORE UPDATE ON case_result
BEGIN SELECT raise(ABORT, 'case_result: rows are never changed; record another attempt'); END;

CREATE TRIGGER case_result_no_delete BEFORE DELETE ON case_result
BEGIN SELECT raise(ABORT, 'case_result: rows are never deleted; record another attempt'); END;
