#compdef packetwalk
# Completion of packetwalk for zsh. In ~/.zshrc, after compinit:  source <(packetwalk completion zsh)
_packetwalk() {
  local -a lines values texts
  local line
  lines=("${(@f)$("${(Q)words[1]}" __complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "${(@)lines[2,-1]}"; do
    values+=("${line%%$'\t'*}")
    texts+=("${line/$'\t'/  -- }")
  done
  case ${lines[1]} in
    files) [[ $PREFIX == --*=* ]] && compset -P '*='; _files ;;
    folders) [[ $PREFIX == --*=* ]] && compset -P '*='; _files -/ ;;
    words) compadd -l -d texts -a values ;;
  esac
}
# As a file in fpath it is the function's body; sourced, it only defines it.
if [[ $funcstack[1] == _packetwalk ]]; then
  _packetwalk "$@"
else
  compdef _packetwalk packetwalk
fi
