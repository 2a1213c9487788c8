"""What a process is: `model` as frozen values, `loading` of the file, `form`, `expression`, `term`; `drawing`, `explaining`, `proving`."""
