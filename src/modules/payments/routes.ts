import { route, type Route } from '../../platform/http';
import { bankAccountRoutes, type BankAccountRouteDeps } from './bank-account.routes';
import { collectionRoutes, type CollectionRouteDeps } from './collection.routes';
import type { SandboxCustodian } from './custodians/sandbox.service';
import { depositRoutes, type DepositRouteDeps } from './deposit.routes';
import { sandboxTransferBody, sandboxTransferView } from './schema';
import { transferRoutes, type TransferRouteDeps } from './transfer.routes';
import { withdrawalRoutes, type WithdrawalRouteDeps } from './withdrawal.routes';

export type PaymentRouteDeps = DepositRouteDeps &
  WithdrawalRouteDeps &
  BankAccountRouteDeps &
  TransferRouteDeps &
  CollectionRouteDeps & {
    /** Only where no live money is: its routes do not exist elsewhere. */
    readonly sandbox?: SandboxCustodian | undefined;
  };

export function paymentRoutes(deps: PaymentRouteDeps): readonly Route[] {
  return [
    ...depositRoutes(deps),
    ...withdrawalRoutes(deps),
    ...bankAccountRoutes(deps),
    ...transferRoutes(deps),
    ...collectionRoutes(deps),
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
    access: { roles: ['investor', 'issuer', 'operations', 'admin'] },
    body: sandboxTransferBody,
    replies: { 202: sandboxTransferView },
    run: async ({ operatorId, body }) => {
      const custodianRef = await sandbox.receiveTransfer({ operatorId, ...body });
      return { status: 202, body: { custodianRef } };
    },
  });
}
