import { route, type Route } from '../../platform/http';
import { bankAccountRoutes, type BankAccountRouteDeps } from './bank-account.routes';
import type { SandboxCustodian } from './custodians/sandbox.service';
import { depositRoutes, type DepositRouteDeps } from './deposit.routes';
import { sandboxTransferBody, sandboxTransferView } from './schema';
import { transferRoutes, type TransferRouteDeps } from './transfer.routes';
import { withdrawalRoutes, type WithdrawalRouteDeps } from './withdrawal.routes';

export type PaymentRouteDeps = DepositRouteDeps &
  WithdrawalRouteDeps &
  BankAccountRouteDeps &
  TransferRouteDeps & {
    /** Only where no live money is: its routes do not exist elsewhere. */
    readonly sandbox?: SandboxCustodian | undefined;
  };

export function paymentRoutes(deps: PaymentRouteDeps): readonly Route[] {
  return [
    ...depositRoutes(deps),
    ...withdrawalRoutes(deps),
    ...bankAccountRoutes(deps),
    ...transferRoutes(deps),
    ...(deps.sandbox ? [sandboxTransferRoute(deps.sandbox)] : []),
  ];
}

function sandboxTransferRoute(sandbox: SandboxCustodian): Route {
  return route({
    method: 'post',
    path: '/v1/sandbox/bank/transfers',
    tag: 'Sandbox',
    summary: 'Let a bank transfer arrive at the sandbox bank',
    description: 'It is booked by the next run of the payments job.',
    access: { roles: ['investor', 'operations', 'admin'] },
    body: sandboxTransferBody,
    replies: { 202: sandboxTransferView },
    run: async ({ operatorId, body }) => {
      const custodianRef = await sandbox.receiveTransfer({ operatorId, ...body });
      return { status: 202, body: { custodianRef } };
    },
  });
}
