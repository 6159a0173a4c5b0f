import { useColorScheme } from '@mantine/hooks';
import { useLive } from './live-queries.ts';

/** The scheme that is in force: the setting, or the system's. */
export function useScheme(): 'light' | 'dark' {
  const system = useColorScheme('light', { getInitialValueInEffect: false });
  const chosen = useLive('settings.read').data?.theme ?? 'system';
  return chosen === 'system' ? system : chosen;
}
