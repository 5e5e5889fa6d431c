"""What managers look at: addresses."""

from django.urls import path

from accord.server.boards.views import commitments, disputes, nurture, rejects, risk, stopping, texts

urlpatterns = [
    path("boards/", risk.board, name="boards"),
    path("boards/rules/", risk.rules, name="boards-rules"),
    path("boards/nudge/<int:pk>/", risk.nudge, name="boards-nudge"),
    path("boards/reassign/<int:pk>/", risk.reassign, name="boards-reassign"),
    path("rejects/", rejects.inbox, name="rejects"),
    path("rejects/csv", rejects.table, name="rejects-csv"),
    path("rejects/<int:pk>/", rejects.reject, name="reject"),
    path("rejects/<int:pk>/<slug:act>/", rejects.act, name="reject-act"),
    path("disputes/", disputes.disputes, name="disputes"),
    path("disputes/<int:pk>/", disputes.settle, name="dispute-settle"),
    path("disputes/excuses/", disputes.excuses, name="excuses"),
    path("disputes/excuses/<int:pk>/", disputes.excuse, name="breach-excuse"),
    path("commitments/", commitments.register, name="commitments"),
    path("commitments/add/", commitments.add, name="commitment-add"),
    path("commitments/<int:pk>/kept/", commitments.kept, name="commitment-kept"),
    path("nurture/", nurture.nurture, name="nurture"),
    path("nurture/start/", nurture.start, name="nurture-start"),
    path("nurture/<int:pk>/stop/", nurture.stop, name="nurture-stop"),
    path("nurture/<int:pk>/sent/", nurture.sent, name="nurture-sent"),
    path("nurture/texts/", texts.texts, name="nurture-texts"),
    path("nurture/texts/new/", texts.new, name="nurture-text-new"),
    path("nurture/texts/<int:pk>/", texts.text, name="nurture-text"),
    path("stop/<str:token>/", stopping.stop, name="stop"),
]
