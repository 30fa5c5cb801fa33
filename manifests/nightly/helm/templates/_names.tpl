{{- define "nightly.labels" -}}
app.kubernetes.io/name: packetwalk-nightly
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "nightly.account" -}}
{{- if .Values.serviceAccount.name -}}
{{ .Values.serviceAccount.name }}
{{- else if .Values.serviceAccount.create -}}
{{ .Release.Name }}
{{- else -}}
{{ fail "serviceAccount: name the account that is there, or let create be true" }}
{{- end }}
{{- end }}

{{- define "nightly.claim" -}}
{{ .Values.store.claim.existing | default (printf "%s-store" .Release.Name) }}
{{- end }}

{{- define "nightly.image" -}}
{{- with .Values.image -}}
{{- $separator := ternary "@" ":" (hasPrefix "sha256:" .tag) -}}
{{ with .registry }}{{ trimSuffix "/" . }}/{{ end }}{{ .repository }}{{ $separator }}{{ .tag }}
{{- end }}
{{- end }}
