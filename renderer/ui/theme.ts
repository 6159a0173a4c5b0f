import {
  ActionIcon,
  Button,
  type CSSVariablesResolver,
  createTheme,
  Menu,
  Modal,
  NumberInput,
  Select,
  Switch,
  Textarea,
  TextInput,
  Tooltip,
} from '@mantine/core';

const FIELD = { size: 'xs' } as const;

/** Mantine in the app's density: 13 px words, 28 px controls, 4 px corners, no motion above 150 ms. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  colors: {
    // Mantine's own greys are warm; these are the hue of `ui/tokens.css`.
    dark: [
      '#e3e7ee',
      '#c3cad6',
      '#a3acbb',
      '#6d7788',
      '#4a5362',
      '#2f3641',
      '#21262f',
      '#191d24',
      '#13161b',
      '#0e1014',
    ],
    gray: [
      '#f7f8fa',
      '#eef0f4',
      '#e4e8ee',
      '#d3d8e0',
      '#b4bbc7',
      '#858d9b',
      '#6b7382',
      '#535b69',
      '#333a46',
      '#1a1e26',
    ],
    accent: [
      '#eef3fe',
      '#dfe8fb',
      '#bcd0f7',
      '#94b3f1',
      '#8fb3ff',
      '#5c8af0',
      '#3566d6',
      '#2457c5',
      '#1d479f',
      '#173a82',
    ],
  },
  fontFamily: 'var(--font-words)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSizes: { xs: '13px', sm: '13px', md: '13px', lg: '15px', xl: '18px' },
  defaultRadius: 4,
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs', variant: 'default', fw: 500 } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { size: 28, variant: 'subtle', color: 'gray' } }),
    TextInput: TextInput.extend({ defaultProps: FIELD }),
    Textarea: Textarea.extend({ defaultProps: FIELD }),
    NumberInput: NumberInput.extend({ defaultProps: FIELD }),
    Select: Select.extend({ defaultProps: { ...FIELD, allowDeselect: false, checkIconPosition: 'right' } }),
    Switch: Switch.extend({ defaultProps: { size: 'sm', withThumbIndicator: false } }),
    Menu: Menu.extend({ defaultProps: { transitionProps: { duration: 80 }, shadow: 'none' } }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        transitionProps: { duration: 100 },
        shadow: 'none',
        radius: 6,
        closeButtonProps: { 'aria-label': 'Close' },
      },
    }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, transitionProps: { duration: 80 } } }),
  },
});

const SHARED = {
  '--mantine-color-body': 'var(--content)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-dim)',
  '--mantine-color-placeholder': 'var(--text-dim)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-error': 'var(--denied)',
  '--mantine-color-default': 'var(--raised)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-gray-light-color': 'var(--text-dim)',
  '--mantine-color-gray-light-hover': 'var(--hover)',
  '--mantine-color-disabled': 'var(--hover)',
  '--mantine-color-disabled-color': 'var(--text-dim)',
  '--mantine-color-disabled-border': 'var(--line)',
};

/** Hands Mantine our colour tokens, so that both schemes come from `ui/tokens.css` alone. */
export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: SHARED, dark: SHARED });
