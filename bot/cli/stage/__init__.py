"""The made-up Discord that `cairn demo` and `cairn sandbox` bring to life: its clock, its people, and what is shown."""
