"""Addresses of the book."""

from django.urls import path

from accord.server.book.views import acting, inputs, looking

urlpatterns = [
    path("book/", looking.book, name="book"),
    path("book/csv", looking.table, name="book-csv"),
    path("book/inputs/", inputs.inputs, name="book-inputs"),
    path("book/inputs/draft", inputs.draft, name="book-draft"),
    path("book/inputs/stay", inputs.stay, name="book-stay"),
    path("book/<str:on>/", looking.month, name="book-month"),
    path("book/<str:on>/confirm", acting.confirm, name="book-confirm"),
    path("book/<str:on>/take-back", acting.take_back, name="book-take-back"),
    path("book/<str:on>/restate", acting.restate, name="book-restate"),
    path("book/<str:on>/note", acting.note, name="book-note"),
]
