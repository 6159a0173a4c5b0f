import type { ClusterEntry } from '../../../preload/contract.ts';
import { Section } from '../../ui/facts.tsx';
import { Identifier } from '../../ui/identifier.tsx';

/** Names that several kubeconfig files define: which of them kubectl, and so Gatehouse, uses. */
export function PassedOverSection({ passedOver }: { readonly passedOver: ClusterEntry['passedOver'] }) {
  if (passedOver.length === 0) return null;
  return (
    <Section title="Defined more than once">
      {passedOver.map(({ kind, name, used, files }) => (
        <p key={`${kind} ${name}`}>
          The {kind} <Identifier>{name}</Identifier> is taken from <Identifier>{used}</Identifier>, as kubectl does;{' '}
          {files.map((file, index) => (
            <span key={file}>
              {index > 0 ? ', ' : ''}
              <Identifier>{file}</Identifier>
            </span>
          ))}{' '}
          {files.length === 1 ? 'defines' : 'define'} it too and {files.length === 1 ? 'is' : 'are'} passed over.
        </p>
      ))}
    </Section>
  );
}
