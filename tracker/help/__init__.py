"""The help pages: a guide for each role, a glossary, keyboard shortcuts, accessibility, privacy and contact."""
