import { isEmptied, readPolicyFolder } from '../../proxy/policy/source/read-policy-folder.ts';

/** What a gateway would not take of a policy folder, each with file and line. An empty or missing folder gets the built-in policy. */
export async function policyMistakes(folder: string): Promise<string[]> {
  const content = await readPolicyFolder(folder);
  if (isEmptied(content)) return [];
  return content.problems.map(({ file, line, column, message }) => {
    const place = line === 0 ? file : `${file}:${line}:${column}`;
    return `policy: ${place}: ${message}`;
  });
}
