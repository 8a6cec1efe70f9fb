import type { Id } from '../../kernel/id';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import type { AgreementText } from './agreement';
import type { LoanNo } from './loan';
import type { Signature, SigningSide } from './signature';

export async function insertSignature(tx: Tx, loanNo: LoanNo, signature: Signature): Promise<void> {
  await tx.execute(
    `INSERT INTO loan_signatures (operator_id, loan_no, side, user_id, text, text_hash, signed_at)
     VALUES (:operatorId, :loanNo, :side, :userId, :text, :hash, :signedAt)`,
    {
      operatorId: operatorIdOf(tx),
      loanNo,
      side: signature.side,
      userId: signature.userId,
      text: JSON.stringify(signature.text),
      hash: signature.textSha256,
      signedAt: signature.signedAt,
    },
  );
}

/** In the order in which they were given. */
export async function listSignatures(db: Db, loanNo: LoanNo): Promise<readonly Signature[]> {
  const rows = await db.query<{
    side: SigningSide;
    user_id: Id<'usr'>;
    text: AgreementText;
    text_hash: string;
    signed_at: Date;
  }>(
    `SELECT s.side, s.user_id, s.text, s.text_hash, s.signed_at FROM loan_signatures s
     WHERE s.operator_id = :operatorId AND s.loan_no = :loanNo ORDER BY s.signed_at, s.side`,
    { operatorId: operatorIdOf(db), loanNo },
  );
  return rows.map((row) => ({
    side: row.side,
    userId: row.user_id,
    text: row.text,
    textSha256: row.text_hash,
    signedAt: row.signed_at,
  }));
}
