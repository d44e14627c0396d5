package house.faulty

deny contains "the artifact is a model" if input.artifact.kind == "model"

deny contains {
	"code": "silent",
	"reason": "there is no message",
} if {
	input.artifact.kind == "nothing"
}
