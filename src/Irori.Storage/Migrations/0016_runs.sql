-- A run begins in the transaction that takes it, so that nobody has one that he has not begun. claimed_until: until when the node of a run that has begun is taken for alive.
ALTER TABLE runs DROP COLUMN claimer;

-- Only scenes are asked for by task.
DROP INDEX runs_task;
CREATE INDEX runs_task ON runs (task) WHERE scene IS NOT NULL;
