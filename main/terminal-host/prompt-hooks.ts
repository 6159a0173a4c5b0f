/**
 * Start-up texts for shells: each runs the person's own files first, then adds a function that reports KUBECONFIG at
 * every prompt by a control sequence that `proxy/recording/osc-filter.ts` takes out. The token moves from the
 * environment into a variable of the shell, so that programs started from it do not inherit it.
 */

export const BASH_START = `# Written by Gatehouse at each start; changes are lost.
__gatehouse_token=$GATEHOUSE_PROMPT_TOKEN
__gatehouse_login=$GATEHOUSE_LOGIN
unset GATEHOUSE_PROMPT_TOKEN GATEHOUSE_LOGIN
if [ -n "$__gatehouse_login" ]; then
  [ -r /etc/profile ] && . /etc/profile
  if [ -r "$HOME/.bash_profile" ]; then . "$HOME/.bash_profile"
  elif [ -r "$HOME/.bash_login" ]; then . "$HOME/.bash_login"
  elif [ -r "$HOME/.profile" ]; then . "$HOME/.profile"
  fi
elif [ -r "$HOME/.bashrc" ]; then
  . "$HOME/.bashrc"
fi
unset __gatehouse_login
__gatehouse_prompt() {
  printf '\\033]6973;%s;kubeconfig;%s\\007' "$__gatehouse_token" "\${KUBECONFIG-}"
}
# Last, so that a hook that changes the environment per folder has run. bash 5.1 and newer may hold an array here.
case "$(declare -p PROMPT_COMMAND 2>/dev/null)" in
  'declare -a'*) PROMPT_COMMAND+=(__gatehouse_prompt) ;;
  *) PROMPT_COMMAND="\${PROMPT_COMMAND:+$PROMPT_COMMAND
}__gatehouse_prompt" ;;
esac
`;

export const ZSH_ENV = `# Written by Gatehouse at each start; changes are lost.
__gatehouse_zdotdir=$ZDOTDIR
ZDOTDIR=$GATEHOUSE_USER_ZDOTDIR
[[ -r $ZDOTDIR/.zshenv ]] && . "$ZDOTDIR/.zshenv"
__gatehouse_user_zdotdir=$ZDOTDIR
ZDOTDIR=$__gatehouse_zdotdir
`;

export const ZSH_PROFILE = `# Written by Gatehouse at each start; changes are lost.
ZDOTDIR=$__gatehouse_user_zdotdir
[[ -r $ZDOTDIR/.zprofile ]] && . "$ZDOTDIR/.zprofile"
ZDOTDIR=$__gatehouse_zdotdir
`;

export const ZSH_RC = `# Written by Gatehouse at each start; changes are lost.
typeset -g __gatehouse_token=$GATEHOUSE_PROMPT_TOKEN
# The system's zshrc may have placed the history beside our files.
[[ \${HISTFILE-} == $__gatehouse_zdotdir/* ]] && HISTFILE=$__gatehouse_user_zdotdir/.zsh_history
ZDOTDIR=$__gatehouse_user_zdotdir
unset GATEHOUSE_PROMPT_TOKEN GATEHOUSE_LOGIN GATEHOUSE_USER_ZDOTDIR __gatehouse_zdotdir __gatehouse_user_zdotdir
[[ $ZDOTDIR == $HOME ]] && unset ZDOTDIR
[[ -r \${ZDOTDIR:-$HOME}/.zshrc ]] && . "\${ZDOTDIR:-$HOME}/.zshrc"
__gatehouse_prompt() {
  printf '\\033]6973;%s;kubeconfig;%s\\007' "$__gatehouse_token" "\${KUBECONFIG-}"
}
precmd_functions+=(__gatehouse_prompt)
`;

export const FISH_START = `set -g __gatehouse_token $GATEHOUSE_PROMPT_TOKEN
set -e GATEHOUSE_PROMPT_TOKEN
set -e GATEHOUSE_LOGIN
function __gatehouse_prompt --on-event fish_prompt
  printf '\\033]6973;%s;kubeconfig;%s\\007' $__gatehouse_token (string join : -- $KUBECONFIG)
end`;
