"""What becomes of the data of a workspace as a whole: taking it along, erasing a person, erasing the workspace."""
