"""The strict loader: the text of a definition into frozen values, every problem at once as file:line.

`document` reads YAML into nodes that know their line, `grammar` says which keys stand where, `reading` collects problems,
`fields`, `people`, `activities`, `states`, `rounds` read the parts, `definition` puts them together, `soundness` looks at
the whole.
"""

from workflow.definition.loading.definition import Loaded, load_definition, load_document

__all__ = ["Loaded", "load_definition", "load_document"]
