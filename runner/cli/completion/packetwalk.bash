# Completion of packetwalk for bash. In ~/.bashrc:  source <(packetwalk completion bash)
_packetwalk() {
  local rest=$COMP_LINE words=() count=0 index word
  # bash splits words at = and : as well; they are put together again as packetwalk is to get them.
  for ((index = 0; index <= COMP_CWORD; index++)); do
    word=${COMP_WORDS[index]}
    if ((count == 0)) || [[ $rest == [[:space:]]* ]]; then
      words[count]=$word
      count=$((count + 1))
    else
      words[count - 1]+=$word
    fi
    rest=${rest#"${rest%%[![:space:]]*}"}
    rest=${rest#"$word"}
  done

  # What readline replaces is only what follows the last of these.
  local current=${words[count - 1]} replaced=${COMP_WORDS[COMP_CWORD]}
  [[ $replaced == [=:] ]] && replaced=
  local kept=${current%"$replaced"} source= value
  COMPREPLY=()
  {
    IFS= read -r source
    while IFS=$'\t' read -r value _; do
      value=${value#"$kept"}
      [[ $value == *[^[:alnum:]_./:@%+=,-]* ]] && printf -v value %q "$value"
      COMPREPLY+=("$value")
    done
  } < <("${words[0]}" __complete -- "${words[@]:1}" 2>/dev/null)

  # Paths are bash's own matter.
  local kind=
  [[ $source == files ]] && kind=-f
  [[ $source == folders ]] && kind=-d
  [[ -z $kind ]] && return
  while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen "$kind" -- "$replaced")
  compopt -o filenames 2>/dev/null
}
complete -F _packetwalk packetwalk
