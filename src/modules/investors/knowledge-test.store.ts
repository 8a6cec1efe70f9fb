import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { Answers, Attempt } from './knowledge-test';

export async function insertAttempt(tx: Tx, attempt: Attempt): Promise<void> {
  await tx.execute(
    `INSERT INTO investor_test_attempts (operator_id, id, investor_id, bank_id, bank_version,
       answers, correct, asked, outcome, taken_at, expires_at)
     VALUES (:operatorId, :id, :investorId, :bankId, :bankVersion, :answers, :correct, :asked,
       :outcome, :takenAt, :expiresAt)`,
    { ...attempt, operatorId: operatorIdOf(tx) },
  );
}

/** All attempts of an investor on one bank, oldest first. The lock-out keeps them few. */
export async function listAttempts(
  db: Db,
  investorId: Id<'inv'>,
  bankId: string,
): Promise<readonly Attempt[]> {
  const rows = await db.query<AttemptRow>(
    `SELECT a.id, a.investor_id, a.bank_id, a.bank_version, a.answers, a.correct, a.asked,
       a.outcome, a.taken_at, a.expires_at
     FROM investor_test_attempts a
     WHERE a.operator_id = :operatorId AND a.investor_id = :investorId AND a.bank_id = :bankId
     ORDER BY a.taken_at, a.id LIMIT 1000`,
    { operatorId: operatorIdOf(db), investorId, bankId },
  );
  return rows.map(fromRow);
}

interface AttemptRow {
  readonly id: Id<'tst'>;
  readonly investor_id: Id<'inv'>;
  readonly bank_id: string;
  readonly bank_version: number;
  readonly answers: Answers;
  readonly correct: number;
  readonly asked: number;
  readonly outcome: Attempt['outcome'];
  readonly taken_at: Date;
  readonly expires_at: Date;
}

function fromRow(row: AttemptRow): Attempt {
  return {
    id: row.id,
    investorId: row.investor_id,
    bankId: row.bank_id,
    bankVersion: row.bank_version,
    answers: row.answers,
    correct: row.correct,
    asked: row.asked,
    outcome: row.outcome,
    takenAt: row.taken_at,
    expiresAt: row.expires_at,
  };
}
