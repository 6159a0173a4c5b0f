/*
 * The scripts ask the program itself at each press of the key, so they are good for every later version. None of them
 * evaluates what comes back: it is text for the line, and bash's is quoted (`bash-line.ts`).
 */

/** Bash 3.2, which macOS has, offers no files where it has no compopt. */
const BASH = `# bash completion for gatehouse. In ~/.bashrc: source <(gatehouse completion bash)
_gatehouse() {
  local program=\${COMP_WORDS[0]} kind= line answer
  [[ $program == '~/'* ]] && program=$HOME/\${program:2}
  answer=$("$program" complete bash "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null </dev/null)
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z $kind ]]; then kind=$line; else COMPREPLY+=("$line"); fi
  done <<< "$answer"
  case $kind in
    files) compopt -o default 2>/dev/null ;;
    folders) compopt -o dirnames 2>/dev/null ;;
  esac
}
complete -F _gatehouse gatehouse
`;

const ZSH = `#compdef gatehouse
# zsh completion for gatehouse. In ~/.zshrc, behind compinit: source <(gatehouse completion zsh)
_gatehouse() {
  local program=\${(Q)words[1]} line
  local -a lines values shown
  [[ $program == '~/'* ]] && program=$HOME/\${program[3,-1]}
  lines=("\${(@f)$("$program" complete zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null </dev/null)}")
  compset -P '--*='
  case $lines[1] in
    files) _files ;;
    folders) _files -/ ;;
    words)
      for line in "\${(@)lines[2,-1]}"; do
        values+=("\${line%%$'\\t'*}")
        shown+=("\${line/$'\\t'/  -- }")
      done
      (( $#values )) && compadd -l -d shown -a values
      ;;
  esac
}
if [[ $funcstack[1] == _gatehouse ]]; then
  _gatehouse "$@"
else
  compdef _gatehouse gatehouse
fi
`;

const FISH = `# fish completion for gatehouse. In ~/.config/fish/completions/gatehouse.fish: gatehouse completion fish | source
function __gatehouse_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l lines ($program complete fish -- $words "$current" 2>/dev/null </dev/null)
    set -l kind $lines[1]
    set -e lines[1]
    set -l prefix (string match -r -- '^--[a-z-]+=' "$current")
    set -l rest (string replace -r -- '^--[a-z-]+=' '' "$current")
    switch "$kind"
        case files
            for path in (__fish_complete_path "$rest")
                printf '%s%s\\n' "$prefix" $path
            end
        case folders
            for path in (__fish_complete_directories "$rest" '')
                printf '%s%s\\n' "$prefix" $path
            end
        case words
            for line in $lines
                printf '%s\\n' $line
            end
    end
end
complete -c gatehouse -e
complete -c gatehouse -k -f -a '(__gatehouse_complete)'
`;

/** By the shell's name. */
export const SHELL_SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const;
